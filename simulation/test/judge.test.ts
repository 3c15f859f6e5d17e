import { describe, expect, test } from 'vitest';
import type { Answer, Event, History, Terms } from '../src/real/history.ts';
import { judge } from '../src/real/judge/judge.ts';

const terms: Terms = {
  story: 's1',
  lease: 300,
  ttl: 1_000,
  maxHold: 900,
  recordTimeout: 300,
  transactional: false,
};

/** A call that executes: called at once, its function from `from` to `to`. */
interface Run {
  readonly call: string;
  readonly fence: number;
  readonly from: number;
  readonly to?: number;
  readonly takeover?: boolean;
  readonly how?: 'returns' | 'throws';
  readonly lost?: boolean;
  readonly answer?: Answer;
  readonly inTransaction?: boolean;
}

function run(one: Run): readonly Event[] {
  const { call, fence, from, to, takeover = false, how = 'returns', lost = false } = one;
  const { inTransaction = false } = one;
  const process = `P${call}`;
  const began = { call, id: call, key: 'k', fence, takeover, token: call, inTransaction };
  const events: Event[] = [
    ...called(call, from - 1, process),
    { kind: 'began', at: from, process, ...began },
  ];
  if (to === undefined) return events;
  const by = call;
  const own: Answer =
    how === 'throws'
      ? { kind: 'thrown', by, recorded: false }
      : { kind: 'value', by, replayed: false, fence };
  return [
    ...events,
    { kind: 'ended', at: to, process, call, id: call, how, lost },
    answered(call, to + 1, one.answer ?? own, process),
  ];
}

function called(call: string, at: number, process = `P${call}`): readonly Event[] {
  return [{ kind: 'called', at, process, call, key: 'k', wait: 0, fingerprint: undefined }];
}

function answered(call: string, at: number, answer: Answer, process = `P${call}`): Event {
  return { kind: 'answered', at, process, call, answer };
}

function replay(call: string, at: number, by: string): readonly Event[] {
  const answer: Answer = { kind: 'value', by, replayed: true, fence: undefined };
  return [...called(call, at), answered(call, at + 1, answer)];
}

function broken(events: readonly (readonly Event[])[], more: Partial<History> = {}): unknown {
  const rules = judge({ terms, effects: [], events: events.flat(), ...more }).map(
    ({ rule }) => rule,
  );
  return [...new Set(rules)];
}

const LOST: Answer = { kind: 'refused', code: 'IDEM_LEASE_LOST', by: undefined };
const IN_PROGRESS: Answer = { kind: 'refused', code: 'IDEM_IN_PROGRESS', by: undefined };
const removedAt = (at: number): readonly Event[] => [
  { kind: 'removed', at: at + 1, since: at, process: 'R', key: 'k' },
];

describe('a history in which nothing is wrong', () => {
  test.each<[string, readonly (readonly Event[])[]]>([
    ['a run and its replay', [run({ call: 'a', fence: 1, from: 0, to: 10 }), replay('b', 20, 'a')]],
    [
      'a failure, and the retry that it allows',
      [
        run({ call: 'a', fence: 1, from: 0, to: 10, how: 'throws' }),
        run({ call: 'b', fence: 2, from: 20, to: 30 }),
      ],
    ],
    [
      'a crash, and a takeover that is told',
      [
        run({ call: 'a', fence: 1, from: 0 }),
        run({ call: 'b', fence: 2, from: 400, to: 410, takeover: true }),
      ],
    ],
    [
      'an execution that was overtaken and told so',
      [
        run({ call: 'a', fence: 1, from: 0, to: 800, lost: true, answer: LOST }),
        run({ call: 'b', fence: 2, from: 400, to: 410, takeover: true }),
        replay('c', 420, 'b'),
      ],
    ],
    [
      'another execution once the record has expired',
      [
        run({ call: 'a', fence: 1, from: 0, to: 10 }),
        run({ call: 'b', fence: 2, from: 1_020, to: 1_030 }),
      ],
    ],
    [
      'another execution once somebody removed the record',
      [
        run({ call: 'a', fence: 1, from: 0, to: 10 }),
        removedAt(20),
        run({ call: 'b', fence: 2, from: 30, to: 40 }),
      ],
    ],
    [
      'a claim that was removed just before its function began',
      [
        run({ call: 'a', fence: 1, from: 20, to: 100, lost: true, answer: LOST }),
        removedAt(15),
        run({ call: 'b', fence: 2, from: 200, to: 210 }),
      ],
    ],
    [
      'a long call of a process that stood still',
      [
        run({ call: 'a', fence: 1, from: 0, to: 10 }),
        called('b', 20),
        [{ kind: 'stood still', process: 'Pb', since: 21, at: 9_000 }],
        [answered('b', 9_001, { kind: 'refused', code: 'IDEM_STORE_TIMEOUT', by: undefined })],
      ],
    ],
  ])('%s', (_, events) => {
    expect(broken(events)).toEqual([]);
  });
});

describe('a history in which one rule is broken', () => {
  test.each<[string, readonly (readonly Event[])[]]>([
    [
      'once per fence',
      [
        run({ call: 'a', fence: 1, from: 0, to: 10, how: 'throws' }),
        run({ call: 'b', fence: 1, from: 20, to: 30, how: 'throws' }),
      ],
    ],
    [
      'fences rise',
      [
        run({ call: 'a', fence: 2, from: 0, to: 10, how: 'throws' }),
        run({ call: 'b', fence: 1, from: 20, to: 30, how: 'throws' }),
      ],
    ],
    [
      'takeovers are told',
      [run({ call: 'a', fence: 1, from: 0 }), run({ call: 'b', fence: 2, from: 400, to: 410 })],
    ],
    [
      'takeovers are told',
      [
        run({ call: 'a', fence: 1, from: 0 }),
        run({ call: 'b', fence: 2, from: 400, to: 410, takeover: true, how: 'throws' }),
        run({ call: 'c', fence: 3, from: 420, to: 430 }),
      ],
    ],
    [
      'tells who is overtaken',
      [
        run({ call: 'a', fence: 1, from: 0, to: 2_000, answer: LOST }),
        run({ call: 'b', fence: 2, from: 400, to: 410, takeover: true }),
      ],
    ],
    [
      'nothing acknowledged is lost',
      [
        run({ call: 'a', fence: 1, from: 0, to: 10 }),
        run({ call: 'b', fence: 2, from: 500, to: 510, takeover: true }),
      ],
    ],
    [
      'nothing acknowledged is lost',
      [
        run({ call: 'a', fence: 1, from: 0, to: 50 }),
        removedAt(10),
        run({ call: 'b', fence: 2, from: 20, to: 30 }),
      ],
    ],
    [
      'replays are current',
      [run({ call: 'a', fence: 1, from: 0, to: 10 }), replay('b', 2_000, 'a')],
    ],
    [
      'agrees with the record',
      [run({ call: 'a', fence: 1, from: 0, to: 10, answer: LOST }), replay('b', 20, 'a')],
    ],
    ['agrees with the record', [replay('b', 20, 'a')]],
    ['agrees with the record', [[...called('a', 0), answered('a', 1, IN_PROGRESS)]]],
    [
      'settles in time',
      [
        run({ call: 'a', fence: 1, from: 0, to: 10 }),
        called('b', 20),
        [answered('b', 9_001, { kind: 'refused', code: 'IDEM_STORE_TIMEOUT', by: undefined })],
      ],
    ],
  ])('%s', (rule, events) => {
    expect(broken(events)).toEqual([rule]);
  });
});

describe('of transactions', () => {
  const transactional = { terms: { ...terms, transactional: true } };
  const once = run({ call: 'a', fence: 1, from: 0, to: 10, inTransaction: true });

  test('an effect and its record are there together', () => {
    expect(broken([once], { ...transactional, effects: ['a'] })).toEqual([]);
  });

  test('a lease may be lost while the transaction waits for its connection', () => {
    expect(broken([[...called('a', 0), answered('a', 400, LOST)]], transactional)).toEqual([]);
  });

  test('a result without its effect is seen', () => {
    expect(broken([once], transactional)).toEqual(['commits both']);
  });

  test('an effect of what threw is seen', () => {
    const threw = run({ call: 'a', fence: 1, from: 0, to: 10, inTransaction: true, how: 'throws' });
    expect(broken([threw], { ...transactional, effects: ['a'] })).toContain('commits both');
  });

  test('an effect that was committed twice is seen', () => {
    expect(broken([once], { ...transactional, effects: ['a', 'a'] })).toEqual(['commits once']);
  });
});
