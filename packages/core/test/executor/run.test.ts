import { describe, expect, test } from 'vitest';
import type { RunContext } from '../../src/index.ts';
import { fixture, rejection } from '../support/fixture.ts';
import { leave } from '../support/leave.ts';

test('a function runs once per key, and its result is replayed', async () => {
  const { here, elsewhere } = fixture();
  let runs = 0;
  const charge = () => ({ charge: ++runs });
  const first = { value: { charge: 1 }, replayed: false, fence: 1, takeover: false };
  expect(await here.run('order-1', charge)).toEqual(first);
  expect(await here.run('order-1', charge)).toEqual({ value: { charge: 1 }, replayed: true });
  expect(await elsewhere.run('order-1', charge)).toEqual({ value: { charge: 1 }, replayed: true });
  expect(runs).toBe(1);
});

test('a run takes one claim and one completion, a replay one claim', async () => {
  const { here, store } = fixture();
  await here.run('order-1', () => 1);
  expect(store.log.map((entry) => entry.operation)).toEqual(['claim', 'complete']);
  await here.run('order-1', () => 2);
  expect(store.log.map((entry) => entry.operation)).toEqual(['claim', 'complete', 'claim']);
});

describe('any result is a result', () => {
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['false', false],
    ['0', 0],
    ['an empty string', ''],
    ['an empty list', []],
  ])('%s', async (_, result) => {
    const { here } = fixture();
    expect((await here.run('k', () => result)).value).toEqual(result);
    const replay = await here.run('k', () => 'executed again');
    expect(replay).toEqual({ value: result, replayed: true });
  });
});

test('the first caller gets the value in the form of the replays', async () => {
  const { here } = fixture();
  class Receipt {
    at = new Date(0);
    note = undefined;
    discount = -0;
  }
  const first = await here.run('k', () => new Receipt());
  const replay = await here.run('k', () => new Receipt());
  expect(first.value).toStrictEqual({ at: '1970-01-01T00:00:00.000Z', discount: 0 });
  expect(replay.value).toStrictEqual(first.value);
});

test('every caller has a value of its own', async () => {
  const { here } = fixture({ wait: 1_000 });
  const calls = [1, 2, 3].map(() => here.run('k', () => ({ items: ['a'] })));
  const [first, second, third] = await Promise.all(calls);
  first?.value.items.push('b');
  second?.value.items.push('c');
  expect(third?.value.items).toEqual(['a']);
});

test('the function is given a frozen context that says all it may need', async () => {
  const { here, store } = fixture({ scope: 'acme' });
  let seen: RunContext | undefined;
  const look = (context: RunContext) => {
    seen = context;
  };
  await here.run('order-1', look, { scope: ['user-7', 'charge'] });
  expect(seen).toMatchObject({
    key: 'order-1',
    scope: ['acme', 'user-7', 'charge'],
    fence: 1,
    takeover: false,
    token: store.log[0]?.token,
  });
  expect(seen?.signal.aborted).toBe(false);
  expect(Object.isFrozen(seen) && Object.isFrozen(seen?.scope)).toBe(true);
});

test('nothing the function does to its options changes which record is completed', async () => {
  const { here, store } = fixture();
  const options = { scope: ['tenant'], fingerprint: 'body' };
  await here.run(
    'k',
    () => {
      options.scope.push('other');
      options.fingerprint = 'another body';
    },
    options,
  );
  expect([...store.entries.keys()]).toEqual(['@tenant/k']);
  expect((await here.run('k', () => 1, { scope: 'tenant', fingerprint: 'body' })).replayed).toBe(
    true,
  );
});

test('a takeover is told to the function and to the caller', async () => {
  const { here, elsewhere, store } = fixture();
  leave(elsewhere.run('k', () => new Promise(() => {})));
  store.lapse('k');
  const result = await here.run('k', ({ fence, takeover }) => ({ fence, takeover }));
  expect(result).toMatchObject({ value: { fence: 2, takeover: true }, fence: 2, takeover: true });
});

test('a record that the executor did not write is never a result', async () => {
  const { here, store } = fixture();
  for (const foreign of ['{"charge":1}', '', 'idem1:', 'idem2:value:1', 'idem1:value:{']) {
    await store.store('k', Buffer.from(foreign), 1_000);
    const error = await rejection(here.run('k', () => 'executed'));
    expect(error).toMatchObject({ code: 'IDEM_RESULT_UNDECODABLE' });
  }
});

test('an operator can read a record', async () => {
  const { here, store } = fixture({ recordErrors: () => true });
  const read = async (key: string) => Buffer.from((await store.find(key)) ?? []).toString();
  await here.run('k', () => ({ charge: 1 }));
  expect(await read('k')).toBe('idem1:value:{"charge":1}');
  await here.run('e', () => Promise.reject(new RangeError('too much'))).catch(() => {});
  expect(await read('e')).toContain('idem1:error:{"form":"error","name":"RangeError"');
});
