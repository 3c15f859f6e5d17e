import { describe, expect, test } from 'vitest';
import { judge } from '../src/linearizability/check.ts';
import type { Recorded } from '../src/linearizability/history.ts';
import {
  acquired,
  claim,
  complete,
  did,
  done,
  find,
  found,
  held,
  inspect,
  never,
  no,
  release,
  remove,
  seenHeld,
  seenVacant,
  store,
  yes,
} from './history.ts';

const verdict = (...history: Recorded[]): string => judge(history).outcome;

describe('a history that some order explains', () => {
  test('is empty', () => {
    expect(verdict()).toBe('linearizable');
  });

  test('reads a write that was under way, or does not', () => {
    const writing = did('a', 0, 10, store('new'), done);
    expect(verdict(writing, did('b', 2, 4, find, found('new')))).toBe('linearizable');
    expect(verdict(writing, did('b', 2, 4, find, found(null)))).toBe('linearizable');
  });

  test('has two claims at once, and the later call won', () => {
    const history = [did('a', 0, 10, claim('a'), held), did('b', 1, 9, claim('b'), acquired(5))];
    expect(verdict(...history)).toBe('linearizable');
  });

  test('sees the effect of an operation that nobody had an answer to', () => {
    const history = [
      did('a', 0, never, store('lost'), null),
      did('b', 20, 21, find, found(null)),
      did('b', 30, 31, find, found('lost')),
    ];
    expect(verdict(...history)).toBe('linearizable');
  });

  test('learns the fence of a claim whose answer was lost from its repetition', () => {
    const history = [
      did('a', 0, never, claim('a'), null),
      did('a', 20, 21, claim('a'), acquired(7)),
      did('a', 30, 31, claim('a'), acquired(7)),
    ];
    expect(verdict(...history)).toBe('linearizable');
  });

  test('learns the fence of a claim whose answer was lost from an inspection', () => {
    const seen = [did('a', 0, never, claim('a'), null), did('b', 20, 21, inspect, seenHeld(7))];
    expect(verdict(...seen, did('a', 30, 31, claim('a'), acquired(7)))).toBe('linearizable');
    expect(verdict(...seen, did('a', 30, 31, claim('a'), acquired(8)))).toBe('inexplicable');
  });

  test('inspects what was owed before and after the claim that settles it', () => {
    const history = [
      did('a', 0, 1, claim('a', 50), acquired(1)),
      did('b', 2, 3, inspect, seenVacant(true)),
      did('b', 4, 5, claim('b'), acquired(2, true)),
      did('a', 6, 7, inspect, seenHeld(2, true)),
    ];
    expect(verdict(...history)).toBe('linearizable');
  });

  test('takes over where the lease may have lapsed by then', () => {
    const history = [
      did('a', 0, 1, claim('a', 50), acquired(1)),
      did('b', 2, 3, claim('b'), acquired(2, true)),
    ];
    expect(verdict(...history)).toBe('linearizable');
  });
});

describe('a history that no order explains', () => {
  test('two holders', () => {
    const history = [
      did('a', 0, 10, claim('a'), acquired(1)),
      did('b', 0, 10, claim('b'), acquired(2)),
    ];
    expect(verdict(...history)).toBe('inexplicable');
  });

  test('a stale read (Herlihy and Wing)', () => {
    const history = [
      did('a', 0, 1, store('old'), done),
      did('a', 2, 3, store('new'), done),
      did('b', 4, 5, find, found('old')),
    ];
    expect(verdict(...history)).toBe('inexplicable');
  });

  test('new, then old: two readers see a write in two orders', () => {
    const history = [
      did('a', 0, 1, store('old'), done),
      did('a', 2, 20, store('new'), done),
      did('b', 4, 5, find, found('new')),
      did('c', 6, 7, find, found('old')),
    ];
    expect(verdict(...history)).toBe('inexplicable');
  });

  test('a lost update: a completion that was acknowledged and is not there', () => {
    const history = [
      did('a', 0, 1, claim('a'), acquired(1)),
      did('a', 2, 3, complete('a', 'result'), yes),
      did('b', 4, 5, find, found(null)),
    ];
    expect(verdict(...history)).toBe('inexplicable');
  });

  test('a fence that does not rise', () => {
    const history = [
      did('a', 0, 1, claim('a'), acquired(5)),
      did('a', 2, 3, release('a'), yes),
      did('b', 4, 5, claim('b'), acquired(5)),
    ];
    expect(verdict(...history)).toBe('inexplicable');
  });

  test('a release that is true twice', () => {
    const history = [
      did('a', 0, 1, claim('a'), acquired(5)),
      did('a', 2, 9, release('a'), yes),
      did('b', 2, 9, release('a'), yes),
    ];
    expect(verdict(...history)).toBe('inexplicable');
  });

  test('a takeover of a lease that cannot have lapsed', () => {
    const history = [
      did('a', 0, 1, claim('a'), acquired(1)),
      did('b', 2, 3, claim('b'), acquired(2, true)),
    ];
    expect(verdict(...history)).toBe('inexplicable');
  });

  test('an inspection that sees nobody where somebody holds the key', () => {
    const history = [
      did('a', 0, 1, claim('a'), acquired(1)),
      did('b', 2, 3, inspect, seenVacant()),
    ];
    expect(verdict(...history)).toBe('inexplicable');
  });

  test('an inspection that tells the fence of an earlier claim', () => {
    const history = [
      did('a', 0, 1, claim('a'), acquired(5)),
      did('a', 2, 3, release('a'), yes),
      did('b', 4, 5, claim('b'), acquired(6)),
      did('c', 6, 7, inspect, seenHeld(5)),
    ];
    expect(verdict(...history)).toBe('inexplicable');
  });

  test('an hour’s lease that only a claim that nobody heard of can have seen lapse', () => {
    const forever = { ...did('b', 2, never, claim('tb'), null), at: { from: 0, to: never } };
    const history = [did('a', 0, 1, claim('ta'), acquired(1)), forever];
    const renewed = { name: 'renew', token: 'ta', lease: 3_600_000 } as const;
    expect(verdict(...history, did('a', 4, 5, renewed, yes))).toBe('linearizable');
    expect(verdict(...history, did('a', 4, 5, renewed, no))).toBe('inexplicable');
  });

  test('an effect that was never asked for', () => {
    const history = [did('a', 0, never, store('lost'), null), did('b', 2, 3, find, found('other'))];
    expect(verdict(...history)).toBe('inexplicable');
  });
});

test('the drawing has the operations that matter, and the point where no order goes on', () => {
  const history = [
    did('noise', 0, 1, find, found(null)),
    did('a', 2, 3, claim('ta'), acquired(1)),
    did('a', 4, 5, complete('ta', 'result'), yes),
    did('noise', 6, 7, find, found('result')),
    did('a', 8, 8.5, remove, done),
    did('a', 10, 14, claim('ta'), acquired(2)),
    did('b', 11, 15, claim('tb'), acquired(3)),
    did('noise', 12, 13, claim('tn'), held),
    did('noise', 13.5, 30, store('late'), done),
    did('b', 20, 21, complete('tb', 'other'), no),
  ];
  const judgement = judge(history);
  expect(judgement.outcome === 'inexplicable' && judgement.text).toMatchInlineSnapshot(`
    "At first k1 is vacant, highest fence 1. (Not shown: 1 still under way; they explain nothing.)
             a                    b
      +0 ms  ┌ claim ta
      +1 ms  │                    ┌ claim tb
      +4 ms  └ acquired, fence 2  │
      +5 ms                       └ acquired, fence 3
    No order explains these answers. The furthest that one gets:
      1. a: claim ta → acquired, fence 2
    The key is then claimed by ta, highest fence 2. Nothing can come next:
      ✗ b: claim tb → acquired, fence 3, where the contract allows: in-progress, no fingerprint"
  `);
});
