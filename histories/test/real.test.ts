import { type Answer, judge, type Recorded } from '@idem/contract-tests/linearizability';
import { MemoryStore } from '@idem/memory';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Chance } from '../src/chance.ts';
import { Lane } from '../src/lane.ts';
import { historyOf } from '../src/real/history.ts';
import type { Line } from '../src/real/log.ts';
import { namesOf, runLane } from '../src/real/run-lane.ts';
import { makeWrong, wrongNames } from '../src/wrong/wrongs.ts';

const calm = { timeout: 100, grace: 50, tolerance: 2, repeatsAfter: 9, disturbances: [] };

/**
 * So many operations of eight lanes on two keys, as a process of a long run records them. Every turn
 * of the event loop takes five milliseconds, so that what lapses meanwhile is the same on every machine.
 */
async function recorded(wrong: string | undefined, operations: number): Promise<Recorded[]> {
  const store = makeWrong(wrong, new MemoryStore({ clock: Date.now }));
  const lines: Line[] = [];
  let left = operations;
  const goesOn = (): boolean => {
    left -= 1;
    return left >= 0;
  };
  const lanes = Array.from({ length: 8 }, (_, index) => {
    const chance = Chance.fromSeed(index);
    const lane = new Lane(
      `c${index}`,
      { keys: ['k1', 'k2'], leases: [10, 60_000], ttls: [10] },
      chance,
    );
    const write = (line: Line): void => void lines.push(line);
    const track = { lane, chance, store, names: namesOf('run'), aborts: 0, patience: 60_000 };
    return runLane({ ...track, write, goesOn });
  });
  let over = false;
  const all = Promise.all(lanes).finally(() => {
    over = true;
  });
  while (!over) {
    vi.advanceTimersByTime(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all;
  return historyOf(lines, calm);
}

beforeEach(
  () =>
    void vi.useFakeTimers({
      now: 1_700_000_000_000,
      toFake: ['Date', 'hrtime', 'setTimeout', 'clearTimeout'],
    }),
);
afterEach(() => void vi.useRealTimers());

test('what a right store did is linearizable', async () => {
  const history = await recorded(undefined, 1_000);
  expect(history.length).toBe(1_000);
  expect(judge(history).outcome).toBe('linearizable');
});

describe('it bites', () => {
  for (const wrong of wrongNames.filter((name) => name !== 'late-write')) {
    test(wrong, async () => {
      expect(judge(await recorded(wrong, 1_000)).outcome).toBe('inexplicable');
    });
  }
});

describe('what the clients wrote down, as a history', () => {
  const claim = { name: 'claim', key: 'k', token: 't', lease: 60_000, fingerprint: null } as const;
  const begun: Line = {
    kind: 'begun',
    id: '1',
    client: 'c',
    operation: claim,
    invoked: 10,
    mark: 1_010,
  };
  const answer = { kind: 'acquired', fence: 1, takeover: false } as const;
  const ended: Line = { kind: 'ended', id: '1', answer, returned: 20, mark: 1_020 };

  test('what was answered in a calm happened once, between its call and its answer', () => {
    const history = historyOf([begun, ended], calm);
    expect(history).toMatchObject([
      { answer, invoked: 10, returned: 20, at: { from: 1_008, to: 1_022 } },
    ]);
  });

  test('what a killed client had begun may have happened until its deadline and a moment more', () => {
    expect(historyOf([begun], calm)).toMatchObject([{ answer: null, invoked: 10, returned: 160 }]);
  });

  test('what was on its way to a server that stood still may happen when it goes on', () => {
    const disturbances = [{ kind: 'server paused', holds: true, from: 100, to: 500 }];
    const [first] = historyOf([begun], { ...calm, disturbances });
    expect(first).toMatchObject({ answer: null, returned: 550 });
  });

  test('what was answered in a disturbance may have been sent before, and have happened then too', () => {
    const disturbances = [{ kind: 'connections cut', holds: false, from: 15, to: 16 }];
    const history = historyOf([begun, ended], { ...calm, disturbances });
    expect(history.map((one) => [one.answer === null, one.returned])).toEqual([
      [false, 20],
      [true, 70],
      [true, 70],
    ]);
  });

  test('what was answered before anything is sent again was sent once', () => {
    const disturbances = [{ kind: 'connections cut', holds: false, from: 15, to: 16 }];
    const hasty = historyOf([begun, ended], { ...calm, repeatsAfter: 11, disturbances });
    expect(hasty).toHaveLength(1);
  });

  test('a client that was stopped makes nobody else doubtful', () => {
    const disturbances = [{ kind: 'client stopped', clients: 'B', holds: true, from: 15, to: 300 }];
    expect(historyOf([begun, ended], { ...calm, disturbances })).toHaveLength(1);
    expect(historyOf([begun], { ...calm, disturbances })).toMatchObject([{ returned: 160 }]);
  });

  test('a write that comes after all that is caught', () => {
    const store = { name: 'store', key: 'k', value: 'late', ttl: 60_000 } as const;
    const find = { name: 'find', key: 'k' } as const;
    const lines: Line[] = [{ ...begun, operation: store }];
    const seen = (value: string | null, at: number): Line[] => [
      { kind: 'begun', id: `${at}`, client: 'd', operation: find, invoked: at, mark: 1_000 + at },
      {
        kind: 'ended',
        id: `${at}`,
        answer: { kind: 'value', value },
        returned: at + 1,
        mark: 1_001 + at,
      },
    ];
    const before = [...lines, ...seen(null, 50), ...seen('late', 100)];
    expect(judge(historyOf(before, calm)).outcome).toBe('linearizable');
    const after = [...lines, ...seen(null, 200), ...seen('late', 300)];
    expect(judge(historyOf(after, calm)).outcome).toBe('inexplicable');
  });

  test('a server whose readers pass its writers may tell of a lapse that a write under way prevents', () => {
    const lease = 10;
    const ask = (name: 'release' | 'inspect', id: string, at: number): Line => ({
      kind: 'begun',
      id,
      client: id,
      operation: name === 'inspect' ? { name, key: 'k' } : { name, key: 'k', token: 't' },
      invoked: at,
      mark: 1_000 + at,
    });
    const told = (id: string, at: number, is: Answer): Line => ({
      kind: 'ended',
      id,
      answer: is,
      returned: at,
      mark: 1_000 + at,
    });
    const lapsed: Answer = { kind: 'inspected', inspection: { state: 'vacant', takeover: true } };
    const lines: Line[] = [
      { ...begun, operation: { ...claim, lease } },
      ended,
      ask('release', '2', 22),
      ask('inspect', '3', 40),
      told('3', 41, lapsed),
      told('2', 42, { kind: 'boolean', value: true }),
    ];
    expect(judge(historyOf(lines, calm)).outcome).toBe('inexplicable');
    expect(judge(historyOf(lines, { ...calm, looksPastWriters: true })).outcome).toBe(
      'linearizable',
    );
    const after: Line[] = [...lines, ask('inspect', '4', 50), told('4', 51, lapsed)];
    expect(judge(historyOf(after, { ...calm, looksPastWriters: true })).outcome).toBe(
      'inexplicable',
    );
  });
});
