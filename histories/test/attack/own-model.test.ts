import {
  type Answer,
  judge,
  type Operation,
  type Recorded,
} from '@idem/contract-tests/linearizability';
import { describe, expect, test } from 'vitest';
import { Chance } from '../../src/chance.ts';
import { fresh, type Key, right, someInstantsExplain } from './own-model.ts';

const HORIZON = 30;

describe('the checker and a model of its own, at every instant there is, agree', () => {
  test('exactly, where every instant is known', () => {
    const verdicts = { right: 0, wrong: 0 };
    for (let seed = 0; seed < 3_000; seed += 1) {
      const chance = Chance.fromSeed(seed);
      const history = spoilt(generated(chance, { width: 0, unknown: 0 }), chance);
      const isRight = someInstantsExplain(history, HORIZON);
      verdicts[isRight ? 'right' : 'wrong'] += 1;
      const expected = isRight ? 'linearizable' : 'inexplicable';
      expect(judge(history).outcome, `seed ${seed}`).toBe(expected);
    }
    expect(verdicts.right).toBeGreaterThan(300);
    expect(verdicts.wrong).toBeGreaterThan(1_000);
  });

  test('that what is right is right, where outcomes and instants are not known; and nearly always that what is wrong is wrong', () => {
    const verdicts = { right: 0, wrong: 0, passed: 0 };
    for (let seed = 0; seed < 2_000; seed += 1) {
      const chance = Chance.fromSeed(seed);
      const history = spoilt(generated(chance, { width: 2, unknown: 15 }), chance);
      const { outcome } = judge(history);
      if (someInstantsExplain(history, HORIZON)) {
        verdicts.right += 1;
        expect(outcome, `seed ${seed}`).toBe('linearizable');
      } else {
        verdicts.wrong += 1;
        if (outcome === 'linearizable') verdicts.passed += 1;
      }
    }
    expect(verdicts.right).toBeGreaterThan(300);
    expect(verdicts.wrong).toBeGreaterThan(700);
    expect(verdicts.passed).toBeLessThan(20);
  });
});

const answered = (
  operation: Operation,
  answer: Answer | null,
  invoked: number,
  returned: number,
): Recorded => {
  const at = { from: invoked, to: returned };
  return { client: `${invoked}`, operation, answer, invoked, returned, at };
};
const claim = (token: string, lease: number): Operation => ({
  ...{ name: 'claim', key: 'k', token, lease, fingerprint: null },
});

describe('what nobody heard of', () => {
  const yes: Answer = { kind: 'boolean', value: true };
  const complete: Operation = { name: 'complete', key: 'k', token: 't1', value: 'v', ttl: 1_000 };
  const held: Answer = { kind: 'in-progress', fingerprint: null, leaseRemaining: 6 };

  test('began no later than somebody saw it: its lease is over as soon as another’s', () => {
    const seen = [answered(claim('t1', 10), null, 0, 5_000), answered(claim('t2', 10), held, 3, 4)];
    const late = [...seen, answered(complete, yes, 500, 501)];
    expect(judge(late).outcome).toBe('inexplicable');
    expect(judge([...seen, answered(complete, yes, 12, 13)]).outcome).toBe('linearizable');
  });

  test('may still come, where nobody has seen it', () => {
    const history = [answered(claim('t1', 10), null, 0, 5_000), answered(complete, yes, 500, 501)];
    expect(judge(history).outcome).toBe('linearizable');
  });

  test('comes once, not as often as somebody needs it', () => {
    const store: Operation = { name: 'store', key: 'k', value: 'v', ttl: 10_000 };
    const find = (value: string | null, now: number): Recorded =>
      answered({ name: 'find', key: 'k' }, { kind: 'value', value }, now, now);
    const history = [
      answered(store, null, 0, 100),
      find('v', 10),
      answered({ name: 'remove', key: 'k' }, { kind: 'done' }, 11, 12),
      find('v', 20),
    ];
    expect(judge(history).outcome).toBe('inexplicable');
    expect(judge(history.slice(0, -1)).outcome).toBe('linearizable');
  });

  test('does not come before it was called, nor after its time', () => {
    const store: Operation = { name: 'store', key: 'k', value: 'v', ttl: 10_000 };
    const found = (now: number): Recorded =>
      answered({ name: 'find', key: 'k' }, { kind: 'value', value: 'v' }, now, now);
    expect(judge([found(4), answered(store, null, 5, 9)]).outcome).toBe('inexplicable');
    const missed = { ...found(10), answer: { kind: 'value', value: null } as const };
    const history = [answered(store, null, 5, 9), missed, found(11)];
    expect(judge(history).outcome).toBe('inexplicable');
  });
});

/** Of a store that is right, in whole milliseconds. */
function generated(
  chance: Chance,
  { width, unknown }: { readonly width: number; readonly unknown: number },
): Recorded[] {
  const count = 3 + chance.below(4);
  const instants = Array.from({ length: count }, () => chance.below(14)).sort((a, b) => a - b);
  let key: Key = fresh;
  return instants.map((instant, index) => {
    const operation = anOperation(chance, `v${index}`);
    const invoked = Math.max(0, instant - chance.below(width + 1));
    const returned = instant + chance.below(width + 1);
    const [answer, next] = right(key, operation, instant);
    if (!chance.percent(unknown)) {
      key = next;
      return answered(operation, answer, invoked, returned);
    }
    if (chance.percent(60)) key = next;
    return answered(operation, null, invoked, returned + chance.below(5));
  });
}

function anOperation(chance: Chance, value: string): Operation {
  const [key, token] = ['k', chance.oneOf('t1', 't2', 't3')];
  const [lease, ttl] = [chance.oneOf(3, 6, 1_000), chance.oneOf(3, 6, 1_000)];
  const name = chance.weighted({
    ...{ claim: 6, complete: 2, release: 1, renew: 1, store: 1 },
    ...{ find: 1, exists: 1, remove: 1, inspect: 1 },
  });
  switch (name) {
    case 'claim':
      return { name, key, token, lease, fingerprint: `f${token}` };
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

/** One answer in four histories of five is another one. */
function spoilt(history: readonly Recorded[], chance: Chance): readonly Recorded[] {
  const known = history.filter(({ answer }) => answer !== null);
  const one = known[chance.below(known.length || 1)];
  if (one?.answer == null || chance.percent(20)) return history;
  const answer = another(one.answer, chance);
  return history.map((other) => (other === one ? { ...one, answer } : other));
}

function another(answer: Answer, chance: Chance): Answer {
  const value = `v${chance.below(6)}`;
  switch (answer.kind) {
    case 'boolean':
      return { kind: 'boolean', value: !answer.value };
    case 'value':
      return { kind: 'value', value: answer.value === null ? value : chance.oneOf(null, value) };
    case 'acquired':
      return chance.oneOf<Answer>(
        { ...answer, takeover: !answer.takeover },
        { ...answer, fence: answer.fence - 1 },
        { ...answer, fence: answer.fence + 1 },
        { kind: 'in-progress', fingerprint: 'ft1', leaseRemaining: 1 + chance.below(5) },
        { kind: 'completed', value, fingerprint: null },
      );
    case 'in-progress':
      return chance.oneOf<Answer>(
        { ...answer, leaseRemaining: answer.leaseRemaining + 2 },
        { ...answer, fingerprint: 'ft3' },
        { kind: 'acquired', fence: 20, takeover: chance.percent(50) },
      );
    case 'completed':
      return chance.oneOf<Answer>(
        { ...answer, fingerprint: 'ft2' },
        { ...answer, value },
        { kind: 'acquired', fence: 20, takeover: chance.percent(50) },
      );
    default:
      return { kind: 'inspected', inspection: { state: 'vacant', takeover: chance.percent(50) } };
  }
}
