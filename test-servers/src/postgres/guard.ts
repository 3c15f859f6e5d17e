import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Owner } from '../shared/owner.ts';

/**
 * Does what it is told, line by line, and outlives the process that tells it: when its standard
 * input ends, however that came, it stops the server and removes the folder. A kill without a word
 * stops the first process before it kills the others, or it would replace them.
 */
const SCRIPT = `
trap '' TERM INT HUP
pid=
others() { cat "/proc/$pid/task/$pid/children" 2>/dev/null || pgrep -P "$pid"; }
while read -r word; do
  case $word in
    start) "$@" >>"$LOG" 2>&1 </dev/null & pid=$! ;;
    kill) kill -STOP $pid; killed=$(others); kill -9 $killed $pid ;;
    pause) kill -STOP $pid $(others) ;;
    resume) kill -CONT $pid $(others) ;;
    *) kill -"$word" $pid ;;
  esac 2>/dev/null
  case $word in
    start | pause | resume) ;;
    *) wait $pid; pid= ;;
  esac
  case $word in
    kill) for each in $killed; do while [ -e "/proc/$each/exe" ]; do sleep 0.01; done; done ;;
  esac
  echo "$pid"
done
if [ -n "$pid" ]; then
  kill -CONT $pid $(others) 2>/dev/null
  kill -QUIT $pid 2>/dev/null
  wait $pid
fi
# Nobody need wait for the rest.
exec >&-
rm -rf "$FOLDER"
`;

/** What a guard does; a signal's name ends the server by it. */
type Word = 'start' | 'kill' | 'pause' | 'resume' | 'INT' | 'QUIT' | 'TERM';

export interface Guarded {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly log: string;
  readonly owner: Owner;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts and ends one server, and sees that it ends with this process. */
export class Guard {
  readonly #child: ChildProcess;
  readonly #answers: Interface;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ command, folder, log, owner, env }: Guarded) {
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'guard', ...command], {
      ...owner,
      cwd: folder,
      env: { ...env, LOG: log, FOLDER: folder },
      stdio: ['pipe', 'pipe', 'ignore'],
      // Interrupted at the terminal, it is not to die with us.
      detached: true,
    });
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout });
    this.#hold(false);
  }

  /** One word after the other; answers the process's id, or undefined when it has ended. */
  async tell(word: Word): Promise<number | undefined> {
    const told = this.#last.then(async () => {
      this.#hold(true);
      const answer = once(this.#answers, 'line');
      this.#child.stdin?.write(`${word}\n`);
      const [line]: unknown[] = await answer;
      this.#hold(false);
      return line === '' ? undefined : Number(line);
    });
    this.#last = told.catch(() => {});
    return told;
  }

  /** Ends the server; its folder goes soon after. */
  async end(): Promise<void> {
    await this.#last;
    if (this.#child.exitCode !== null) return;
    this.#hold(true);
    const ended = once(this.#answers, 'close');
    this.#child.stdin?.end();
    await ended;
    this.#hold(false);
  }

  /** Whether this process stays alive for it. */
  #hold(held: boolean): void {
    for (const part of [this.#child, this.#child.stdin, this.#child.stdout]) {
      if (part === null || !('ref' in part) || !('unref' in part)) continue;
      const change = held ? part.ref : part.unref;
      if (typeof change === 'function') change.call(part);
    }
  }
}
