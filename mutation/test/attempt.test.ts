import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { attempt } from '../src/attempt.ts';
import type { Outcome } from '../src/child-process.ts';
import { urlOf } from '../src/gather.ts';
import { removeFolder } from '../src/groups.ts';

/** The memory store with another text in place of one of its files. */
function tried(source: string, silence = 120_000, deadline = 60_000): Promise<Outcome> {
  return attempt({
    task: {
      harness: new URL('../src/harnesses/memory.ts', import.meta.url).href,
      ...{ first: [], without: [], seed: 1, deadline },
    },
    replaced: [{ url: urlOf('packages/memory/src/watchers.ts').href, source }],
    silence,
  });
}

const WATCHERS = 'export class Watchers {}';

describe('what counts neither way', () => {
  test.concurrent.for([
    ['is no program', 'export class Watchers {', 'loading'],
    ['lacks what others import', 'export class Another {}', 'loading'],
    ['throws as it is loaded', `${WATCHERS} throw new Error('no');`, 'loading'],
    [
      'ends the process',
      `${WATCHERS} process.exit(3);`,
      'ending the process before the first rule',
    ],
    ['goes round in circles', `${WATCHERS} for (;;);`, 'hanging before the first rule'],
    ['never loads', `${WATCHERS} await new Promise(() => {});`, 'hanging before the first rule'],
  ] as const)('a mutant that %s', { timeout: 300_000 }, async ([what, source, by]) => {
    const silence = what === 'goes round in circles' ? 3_000 : undefined;
    const deadline = what === 'never loads' ? 3_000 : undefined;
    expect((await tried(source, silence, deadline)).answer).toMatchObject({ kind: 'refused', by });
  });
});

describe('nothing goes on without whoever asked for it', () => {
  test.concurrent.for(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    '%s',
    { timeout: 300_000 },
    async (signal, { onTestFinished }) => {
      const folder = mkdtempSync(join(tmpdir(), 'idem-mutation-test-'));
      onTestFinished(() => removeFolder(folder));
      const path = join(folder, 'pid');
      const program = fileURLToPath(new URL('./programs/attempting.ts', import.meta.url));
      const asking = fork(program, {
        env: { ...process.env, IDEM_PID_FILE: path, TMPDIR: folder },
        execArgv: ['--conditions=@idem/source'],
        stdio: 'ignore',
      });
      while (!existsSync(path) || readFileSync(path, 'utf8') === '') await sleep(20);
      const pid = Number(readFileSync(path, 'utf8'));
      const ended = once(asking, 'exit');
      asking.kill(signal);
      await ended;
      while (isAlive(pid)) await sleep(20);
      const left = readdirSync(folder).filter((name) => name.startsWith('idem-mutant-'));
      // Nobody is asked before SIGKILL.
      expect(left).toHaveLength(signal === 'SIGKILL' ? 1 : 0);
    },
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
