import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chance } from '../chance.ts';
import { loadCore } from '../wrong/load.ts';
import type { Backend, Client } from './backend/backend.ts';
import { openClient } from './backend/open-client.ts';
import { type Counts, noCounts } from './counts.ts';
import type { Event, History, StoodStill } from './history.ts';
import { Host, type Stage } from './host.ts';
import { judge } from './judge/judge.ts';
import type { Violation } from './judge/read.ts';
import { Performance } from './performance.ts';
import { drawPlan } from './plan.ts';
import { Caller } from './player/caller.ts';
import type { Line } from './player/log.ts';
import { weather } from './weather.ts';
import { tell } from './words.ts';

/** Milliseconds between two looks at what the processes wrote. */
const LISTEN = 25;
/** Milliseconds in which a process without a call comes to rest. */
const REST = 15_000;

export interface RealOptions {
  readonly seconds: number;
  readonly seed: number;
  /** The module of a wrong core. */
  readonly core: string | undefined;
}

export interface Result {
  readonly counts: Counts;
  /** What was broken, with the history of the key. */
  readonly broken: readonly string[];
  readonly seconds: number;
}

/** Plays stories over a real server until the time is over or a rule is broken. */
export async function conduct(backend: Backend, options: RealOptions): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'idem-real-'));
  try {
    return await new Conductor(backend, options, directory).run();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

class Conductor implements Stage {
  readonly backend: Backend;
  readonly directory: string;
  readonly core: string | undefined;
  readonly counts: Counts = noCounts();
  readonly #options: RealOptions;
  readonly #over: AbortController = new AbortController();
  readonly #performances: Map<string, Performance> = new Map();
  readonly #stoodStill: StoodStill[] = [];
  readonly #broken: string[] = [];
  #seed: number;

  constructor(backend: Backend, options: RealOptions, directory: string) {
    this.backend = backend;
    this.directory = directory;
    this.core = options.core;
    this.#options = options;
    this.#seed = options.seed;
  }

  async run(): Promise<Result> {
    const names = ['B', 'C', 'D'];
    const first = await Host.start('A', this);
    const others = await Promise.all(names.map((name) => Host.start(name, this)));
    const hosts = new Map([first, ...others].map((host) => [host.name, host]));
    const listening = setInterval(() => {
      for (const host of hosts.values()) host.listen();
    }, LISTEN);
    const { core, loseNextReply } = { core: await loadCore(), loseNextReply: async () => {} };
    const client = await openClient(this.backend.clientOf(this.backend), { core, loseNextReply });
    await client.warmUp();
    const reader = new Caller('R', client, (event) => this.heard(event));
    const startedAt = performance.now();
    const calm = new AbortController();
    const storm = weather(
      [first, ...others],
      this.backend.faultsEvery,
      Chance.fromSeed(this.#seed),
      this.counts,
      calm.signal,
    );
    const end = startedAt + this.#options.seconds * 1_000;
    const playing = Array.from({ length: this.backend.storiesAtOnce }, async () => {
      while (performance.now() < end && !this.#over.signal.aborted)
        await this.#play(hosts, reader, client);
    });
    await Promise.all(playing);
    const seconds = (performance.now() - startedAt) / 1_000;
    calm.abort();
    await storm;
    const rest = await Promise.all([...hosts.values()].map((host) => host.end(REST)));
    clearInterval(listening);
    await client.close();
    if (this.counts.executions < this.counts.stories) {
      this.#break('too little was tried: the server is too slow for the leases');
    }
    if (rest.includes(false) && this.#broken.length === 0) {
      this.#break('comes to rest: a process without a call does not end');
    }
    return { counts: this.counts, broken: this.#broken, seconds };
  }

  heard(line: Line): void {
    switch (line.kind) {
      case 'unhandled':
        this.#break(`nothing is unhandled: in ${line.process}: ${line.message}`);
        return;
      case 'stood still':
        this.#stoodStill.push(line);
        return;
      default:
        this.#count(line);
        this.#performances
          .get(storyOf(line.kind === 'removed' ? line.key : line.call))
          ?.heard(line);
    }
  }

  died(process: string, how: string): void {
    this.#break(`nothing is unhandled: ${process} ended with ${how}`);
  }

  async #play(hosts: ReadonlyMap<string, Host>, reader: Caller, client: Client): Promise<void> {
    const seed = this.#seed++;
    // Not all begin together.
    await sleep(Chance.fromSeed(seed).below(500));
    const plan = drawPlan(seed, this.backend);
    const { story } = plan.terms;
    const performed = new Performance(plan);
    this.#performances.set(story, performed);
    const removing = performed.remove(client, this.#over.signal);
    const hanging = await performed.play(hosts, this.#over.signal);
    await removing;
    if (!this.#over.signal.aborted) {
      await performed.askAgain(reader);
      const effects = plan.terms.transactional ? await this.backend.effectsOf(story) : [];
      this.counts.stories += 1;
      this.counts.effects += effects.length;
      const history = performed.history(effects, this.#stoodStill);
      this.#judged(seed, history, [...hanging, ...judge(history)]);
    }
    this.#performances.delete(story);
  }

  #judged(seed: number, history: History, violations: readonly Violation[]): void {
    const keys = new Set(violations.map(({ key }) => key));
    for (const key of keys) {
      const what = violations
        .filter((violation) => violation.key === key)
        .map(({ rule, message }) => `story ${seed} breaks “${rule}”: ${message}`);
      this.#break([tell(history, key), ...what].join('\n'));
    }
  }

  #break(what: string): void {
    this.#broken.push(what);
    this.#over.abort();
  }

  #count(event: Exclude<Event, StoodStill>): void {
    const { counts } = this;
    if (event.kind === 'called') counts.runs += 1;
    if (event.kind === 'began') counts.executions += 1;
    if (event.kind === 'began' && event.takeover) counts.takeovers += 1;
    if (event.kind !== 'answered') return;
    const { answer } = event;
    if (answer.kind === 'value' && answer.replayed) counts.replays += 1;
    if (answer.kind === 'refused' && answer.code === 'IDEM_LEASE_LOST') counts.losses += 1;
  }
}

/** Keys and calls begin with the name of their story. */
function storyOf(name: string): string {
  return /^s\d+/.exec(name)?.[0] ?? '';
}
