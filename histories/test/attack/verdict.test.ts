import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Operation } from '@idem/contract-tests/linearizability';
import { MemoryStore } from '@idem/memory';
import { describe, expect, test } from 'vitest';
import { Chance } from '../../src/chance.ts';
import { Lane } from '../../src/lane.ts';
import { Counts } from '../../src/real/counts.ts';
import { Host } from '../../src/real/host.ts';
import { inTime } from '../../src/real/in-time.ts';
import type { Line } from '../../src/real/log.ts';
import { refusals } from '../../src/real/refusals.ts';
import { namesOf, runLane } from '../../src/real/run-lane.ts';
import { shortcomings } from '../../src/real/shortcomings.ts';
import { weather } from '../../src/real/weather.ts';

const find: Operation = { name: 'find', key: 'k' };
const rejected = (reason: string, retryable: boolean): Answer => ({
  kind: 'rejected',
  reason,
  retryable,
});

function lines(id: string, answer: Answer | undefined): Line[] {
  const begun: Line = {
    ...{ kind: 'begun', id, client: 'A1-0', operation: find, invoked: 10, mark: 1_010 },
  };
  return answer === undefined
    ? [begun]
    : [begun, { kind: 'ended', id, answer, returned: 12, mark: 1_012 }];
}

function after(...answers: readonly (Answer | undefined)[]): string[] {
  const counts = new Counts();
  counts.wrote(answers.flatMap((answer, index) => lines(`${index}`, answer)));
  return shortcomings({ counts, failures: [], violations: [] });
}

describe('a run whose histories say nothing is no proof', () => {
  const nothing: Answer = { kind: 'value', value: null };
  const lost = rejected('IDEM_STORE_TIMEOUT: it took too long', true);

  test('that recorded nothing', () => {
    expect(after()).not.toEqual([]);
  });

  test('whose every operation was lost', () => {
    expect(after(lost, undefined, lost)).toEqual(['only 0 of 3 operations were answered']);
  });

  test('of which more than half was lost, but not one of which a little was', () => {
    expect(after(lost, lost, nothing)).not.toEqual([]);
    expect(after(lost, nothing, nothing)).toEqual([]);
  });

  test('in which something was wrong, undecided or failed', () => {
    const counts = new Counts();
    counts.wrote(lines('1', nothing));
    expect(shortcomings({ counts, failures: [], violations: ['wrong'] })).toHaveLength(1);
    expect(shortcomings({ counts, failures: ['it ended'], violations: [] })).toHaveLength(1);
    counts.undecided = 1;
    expect(shortcomings({ counts, failures: [], violations: [] })).toHaveLength(1);
  });
});

test('each operation is counted once, however often it may have taken effect', () => {
  const counts = new Counts();
  counts.wrote([...lines('1', { kind: 'value', value: 'v' }), ...lines('2', undefined)]);
  counts.assumed(7);
  const words = counts.inWords([]);
  expect(words).toContain('2 operations in 1 histories, the longest of 2; 1 were answered; 7 ');
  expect(words).toMatch(/ 1 {2}find → a value\n.* 1 {2}find → no answer/);
});

test('faults that met nothing are told', () => {
  const fault = { kind: 'replies lost', holds: false, from: 0, to: 1 };
  const faults = [
    { ...fault, struck: 0 },
    { ...fault, struck: 2 },
  ];
  expect(new Counts().inWords(faults)).toContain('2  replies lost (1 of them met nothing)');
});

describe('a rejection that no fault explains is a failure, and no unknown outcome', () => {
  test('one that says that to repeat it is of no use', () => {
    const corrupt = rejected('IDEM_RECORD_CORRUPT: the record is damaged', false);
    expect(refusals(lines('1', corrupt))).toEqual([
      'A1-0: find of k was rejected, IDEM_RECORD_CORRUPT: the record is damaged',
    ]);
    expect(refusals(lines('1', rejected('TypeError: x is undefined', false)))).toHaveLength(1);
  });

  test('not what may be repeated, nor what its caller gave up', () => {
    expect(refusals(lines('1', rejected('IDEM_STORE_UNAVAILABLE: gone', true)))).toEqual([]);
    expect(refusals(lines('1', rejected('AbortError: aborted', false)))).toEqual([]);
    expect(refusals(lines('1', { kind: 'value', value: null }))).toEqual([]);
  });
});

describe('what never ends is noticed', () => {
  test('an operation', async () => {
    const store = new MemoryStore();
    Reflect.set(store, 'find', () => new Promise(() => {}));
    const chance = Chance.fromSeed(1);
    const lane = new Lane('c', { keys: ['k'], leases: [60_000], ttls: [60_000] }, chance);
    lane.next = () => find;
    const track = { lane, chance, store, names: namesOf('run'), aborts: 0, patience: 20 };
    const written: Line[] = [];
    const run = runLane({ ...track, write: (line) => written.push(line), goesOn: () => true });
    await expect(run).rejects.toThrow('not within 20 ms: the end of find, c#1');
  });

  test('a fault, and one that fails', async () => {
    await expect(inTime('a fault', new Promise(() => {}), 5)).rejects.toThrow('not within 5 ms');
    await expect(inTime('a fault', Promise.reject(new Error('no')), 5)).rejects.toThrow('no');
    const faults = { broken: { holds: false, befall: () => Promise.reject(new Error('no')) } };
    const backend = {
      ...{ description: '', client: null, isShared: false, timeout: 1, repeatsAfter: 1 },
      ...{ proxies: [], faults, stop: async () => {} },
    };
    const storm = weather(backend, [], 4, Chance.fromSeed(1), new AbortController().signal, []);
    await expect(storm).rejects.toThrow('no');
  });
});

test('weather ends at once, however long it is until the next fault', async () => {
  const over = new AbortController();
  const faults = { any: { holds: false, befall: async () => {} } };
  const backend = {
    ...{ description: '', client: null, isShared: false, timeout: 1, repeatsAfter: 1 },
    ...{ proxies: [], faults, stop: async () => {} },
  };
  const storm = weather(backend, [], 1e9, Chance.fromSeed(1), over.signal, []);
  await sleep(1);
  over.abort();
  await storm;
});

test('a signal that reaches no process is no fault', () => {
  const options = {
    ...{ backend: 'memory', client: null, wrong: undefined, run: 'r', lanes: 1, aborts: 0 },
    ...{ patience: 1, keys: ['k'], choices: { leases: [1], ttls: [1] }, folder: '', begin: 0 },
    epoch: 1,
  } as const;
  const host = new Host('A', 1, { ...options, choices: { leases: [1], ttls: [1] } }, () => {});
  expect(() => host.stop()).toThrow('SIGSTOP reached no A');
});
