import {
  type Answer,
  type Call,
  claimsModel,
  hasReturned,
  judge,
  type Operation,
  type Recorded,
  search,
  untouched,
} from '@idem/contract-tests/linearizability';
import { describe, expect, test } from 'vitest';
import { Chance } from '../src/chance.ts';
import { invent } from '../src/invented/invent.ts';
import { spoil } from '../src/invented/spoil.ts';
import { NIL, type RegisterOperation, register } from '../src/published/register.ts';
import { someOrderExplains } from './brute-force.ts';

const HOUR = 3_600_000;

describe('the checker and every order there is agree', () => {
  test('on 3,000 small histories of a register', () => {
    const verdicts = { explained: 0, inexplicable: 0, undecided: 0 };
    for (let seed = 0; seed < 3_000; seed += 1) {
      const calls = registerCalls(Chance.fromSeed(seed));
      const { outcome } = search(register, [NIL], calls, 100_000);
      verdicts[outcome] += 1;
      const expected = someOrderExplains(register, NIL, calls) ? 'explained' : 'inexplicable';
      expect(outcome, `seed ${seed}: ${JSON.stringify(calls)}`).toBe(expected);
    }
    expect(verdicts.explained).toBeGreaterThan(300);
    expect(verdicts.inexplicable).toBeGreaterThan(300);
  });

  test('on 2,000 small histories of one key, with answers by chance', () => {
    const verdicts = { linearizable: 0, inexplicable: 0, undecided: 0 };
    for (let seed = 0; seed < 2_000; seed += 1) {
      const history = keyHistory(Chance.fromSeed(seed));
      const { outcome } = judge(history);
      verdicts[outcome] += 1;
      expect(outcome, `seed ${seed}`).toBe(byEveryOrder(history));
    }
    expect(verdicts.linearizable).toBeGreaterThan(200);
    expect(verdicts.inexplicable).toBeGreaterThan(200);
  });

  test('on 200 small histories of a store that is right, and of each with one answer spoilt', async () => {
    let caught = 0;
    for (let seed = 0; seed < 100; seed += 1) {
      const chance = Chance.fromSeed(seed);
      const options = { clients: 3, operations: 7, unknown: 15, window: 3 } as const;
      const history = await invent(
        { ...options, keys: ['k'], leases: [1, 3, HOUR], ttls: [2, HOUR] },
        chance,
      );
      expect(judge(history).outcome, `seed ${seed}`).toBe('linearizable');
      expect(byEveryOrder(history), `seed ${seed}`).toBe('linearizable');
      const wrong = spoil(history, chance);
      const { outcome } = judge(wrong);
      expect(outcome, `seed ${seed}, spoilt`).toBe(byEveryOrder(wrong));
      if (outcome === 'inexplicable') caught += 1;
    }
    expect(caught).toBeGreaterThan(30);
  });
});

describe('long histories', () => {
  test('of forty outcomes that nobody knows, for ever', async () => {
    const history = await invent(
      {
        ...{ clients: 8, operations: 400, unknown: 10, window: Number.POSITIVE_INFINITY },
        ...{ keys: ['k'], leases: [HOUR], ttls: [5] },
      },
      Chance.fromSeed(1),
    );
    expect(history.filter(({ answer }) => answer === null).length).toBeGreaterThan(20);
    expect(judge(history, 2_000_000).outcome).toBe('linearizable');
  });

  test('of which one answer is wrong are shown as a window that a person can read', async () => {
    const options = { clients: 6, operations: 3_000, unknown: 0, window: 0 } as const;
    const history = await invent(
      { ...options, keys: ['k'], leases: [5, HOUR], ttls: [5, HOUR] },
      Chance.fromSeed(2),
    );
    const judgement = judge(spoil(history, Chance.fromSeed(3)));
    if (judgement.outcome !== 'inexplicable') throw new Error(judgement.outcome);
    expect(judgement.text.split('\n').length).toBeLessThan(60);
    expect(judgement.text).toContain('No order explains these answers.');
  });
});

function registerCalls(chance: Chance): Call<RegisterOperation>[] {
  return Array.from({ length: 2 + chance.below(6) }, () => {
    const invoked = chance.below(20);
    const fate = chance.below(10);
    const returned = fate === 0 ? Number.POSITIVE_INFINITY : invoked + chance.below(8);
    const operation = registerOperation(chance);
    return { operation, invoked, returned, required: fate > 1 };
  });
}

function registerOperation(chance: Chance): RegisterOperation {
  const value = (): string => chance.oneOf('1', '2');
  switch (chance.below(4)) {
    case 0:
      return { kind: 'write', value: value() };
    case 1:
      return {
        kind: 'cas',
        from: value(),
        to: value(),
        wasSet: chance.oneOf(true, false, undefined),
      };
    default:
      return { kind: 'read', saw: chance.oneOf(NIL, '1', '2', undefined) };
  }
}

/** In rounds, of which each has one instant of the clock: what overlaps is as late as each other. */
function keyHistory(chance: Chance): Recorded[] {
  return Array.from({ length: 2 + chance.below(6) }, (_, index) => {
    const round = chance.below(3);
    const invoked = 100 * round + chance.below(40);
    const fate = chance.below(8);
    const client = `c${index}`;
    const operation = keyOperation(chance, `v${index}`);
    if (fate === 0) {
      const returned = Number.POSITIVE_INFINITY;
      return {
        client,
        operation,
        answer: null,
        invoked,
        returned,
        at: { from: 100 * round, to: returned },
      };
    }
    const returned = invoked + chance.below(40);
    const at = { from: 100 * round, to: 100 * round + 1 };
    return { client, operation, answer: keyAnswer(operation, chance), invoked, returned, at };
  });
}

function keyOperation(chance: Chance, value: string): Operation {
  const key = 'k';
  const token = chance.oneOf('t1', 't2');
  const [lease, ttl] = [chance.oneOf(100, HOUR), chance.oneOf(100, HOUR)];
  const name = chance.oneOf(
    'claim',
    'claim',
    'claim',
    'complete',
    'release',
    'find',
    'remove',
    'renew',
    'store',
  );
  switch (name) {
    case 'claim':
      return { name, key, token, lease, fingerprint: null };
    case 'complete':
      return { name, key, token, value, ttl };
    case 'renew':
      return { name, key, token, lease };
    case 'release':
      return { name, key, token };
    case 'store':
      return { name, key, value, ttl };
    default:
      return { name, key };
  }
}

function keyAnswer({ name }: Operation, chance: Chance): Answer {
  switch (name) {
    case 'claim':
      if (chance.percent(40))
        return { kind: 'in-progress', fingerprint: null, leaseRemaining: HOUR };
      return { kind: 'acquired', fence: chance.below(4), takeover: chance.percent(20) };
    case 'find':
      return { kind: 'value', value: chance.oneOf(null, null, `v${chance.below(4)}`) };
    case 'store':
    case 'remove':
      return { kind: 'done' };
    default:
      return { kind: 'boolean', value: chance.percent(60) };
  }
}

function byEveryOrder(history: readonly Recorded[]): string {
  // What nobody heard of and changes nothing is none of the calls: not even the time that it takes.
  const considered = history.filter(
    ({ answer, operation }) => answer !== null || operation.name !== 'find',
  );
  const calls = considered.map((recorded) => ({
    operation: recorded,
    invoked: recorded.invoked,
    returned: recorded.returned,
    required: hasReturned(recorded),
  }));
  return someOrderExplains(claimsModel(history), untouched, calls)
    ? 'linearizable'
    : 'inexplicable';
}
