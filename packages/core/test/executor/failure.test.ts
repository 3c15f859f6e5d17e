import { describe, expect, test, vi } from 'vitest';
import { createToken, IdempotencyError } from '../../src/index.ts';
import { deferred, fixture, LEASE, rejection, settled } from '../support/fixture.ts';

const unreachable = { when: 'before', error: new Error('connection refused') } as const;

describe('by default, an error releases the key', () => {
  test.each([
    ['thrown', () => raise(new Error('declined'))],
    ['rejected', () => Promise.reject(new Error('declined'))],
  ])('%s', async (_, fn) => {
    const { here, store } = fixture();
    expect(await rejection(here.run('k', fn))).toMatchObject({ message: 'declined' });
    expect(store.entries.size).toBe(0);
    const retry = await here.run('k', () => 'charged');
    expect(retry).toMatchObject({ replayed: false, takeover: false });
  });

  test.each([['text'], [undefined], [null], [0]])('also when it throws %o', async (thrown) => {
    const { here } = fixture();
    expect(await rejection(here.run('k', () => raise(thrown)))).toBe(thrown);
  });
});

test('a release that fails does not hide the error of the function', async () => {
  const { here, store } = fixture();
  store.fail('release', unreachable);
  const error = new Error('declined');
  expect(await rejection(here.run('k', () => raise(error)))).toBe(error);
});

describe('a takeover that comes to nothing is owed to the next execution', () => {
  // Charged and died; the next was to find out, and failed; the third must not charge again.
  async function crashed(): Promise<ReturnType<typeof fixture>> {
    const made = fixture();
    await made.store.claim('k', { token: createToken(), lease: 1_000 });
    made.store.lapse('k');
    return made;
  }

  test('when its function throws', async () => {
    const { here, elsewhere } = await crashed();
    const failing = here.run('k', ({ takeover }) => raise(new Error(`takeover: ${takeover}`)));
    expect(await rejection(failing)).toMatchObject({ message: 'takeover: true' });
    const third = await elsewhere.run('k', () => 'reconciled', { wait: LEASE });
    expect(third).toMatchObject({ value: 'reconciled', takeover: true });
  });

  test('when its caller had gone before the claim was granted', async () => {
    const { here, elsewhere, store } = await crashed();
    const answer = deferred();
    store.fail('claim', { when: 'held', until: answer.promise });
    const caller = new AbortController();
    const gone = rejection(here.run('k', () => 1, { signal: caller.signal }));
    caller.abort('gone');
    expect(await gone).toBe('gone');
    answer.resolve();
    await settled();
    const third = await elsewhere.run('k', () => 'reconciled', { wait: LEASE });
    expect(third).toMatchObject({ value: 'reconciled', takeover: true });
  });
});

test('a store that cannot be reached fails the run, and nothing is executed', async () => {
  const { here, store } = fixture();
  store.fail('claim', unreachable);
  const executed = vi.fn();
  expect(await rejection(here.run('k', executed))).toBe(unreachable.error);
  expect(executed).not.toHaveBeenCalled();
});

test('a claim whose reply was lost does not hold the key against a retry', async () => {
  const { here, store } = fixture();
  store.fail('claim', { when: 'after', error: new Error('connection reset') });
  expect(await rejection(here.run('k', () => 1))).toMatchObject({ message: 'connection reset' });
  await settled();
  // It may have displaced one that lapsed, and nobody saw the answer: the next is told to look.
  const retry = await here.run('k', () => 'done', { wait: LEASE });
  expect(retry).toMatchObject({ value: 'done', takeover: true });
});

describe('errors that the policy calls results', () => {
  class CardDeclined extends Error {
    override name = 'CardDeclined';
    code = 'card_declined';
    details = { attempt: 1 };
    socket = new Map();
  }

  test('are recorded and thrown again, in one form for all', async () => {
    const { here, elsewhere } = fixture({ recordErrors: (error) => error instanceof CardDeclined });
    const executed = vi.fn(() => raise(new CardDeclined('no funds')));
    const first = await rejection(here.run('k', executed));
    const replay = await rejection(elsewhere.run('k', executed));
    expect(executed).toHaveBeenCalledTimes(1);
    for (const error of [first, replay]) {
      expect(error).toBeInstanceOf(Error);
      const { name, message, ...properties } = error as Error;
      expect({ ...properties, name, message }).toEqual({
        name: 'CardDeclined',
        message: 'no funds',
        code: 'card_declined',
        details: { attempt: 1 },
      });
    }
    expect((first as Error).stack).toContain('failure.test.ts');
  });

  test('are only those', async () => {
    const { here } = fixture({ recordErrors: (error) => error instanceof CardDeclined });
    await rejection(here.run('k', () => raise(new Error('timeout'))));
    expect((await here.run('k', () => 'charged')).replayed).toBe(false);
  });

  test('need not be Errors', async () => {
    const { here } = fixture({ recordErrors: () => true });
    expect(await rejection(here.run('k', () => raise({ status: 402 })))).toEqual({ status: 402 });
    expect(await rejection(here.run('k', () => 1))).toEqual({ status: 402 });
  });

  test('cannot pollute a prototype or replace what an Error is', async () => {
    const { here, store } = fixture();
    const properties = '{"__proto__":{"polluted":1},"constructor":1,"stack":"x","toString":"text"}';
    const record = `idem1:error:{"form":"error","name":"E","message":"m","properties":${properties}}`;
    await store.store('k', Buffer.from(record), 1_000);
    const error = await rejection(here.run('k', () => 1));
    expect(Object.getPrototypeOf(error)).toBe(Error.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect((error as Error).constructor).toBe(Error);
    expect((error as Error).stack).not.toBe('x');
  });

  test('are handed on as they are when they cannot be recorded', async () => {
    const { here, store } = fixture({ recordErrors: () => true });
    const fn = async () => {
      await store.close();
      raise(new Error('declined'));
    };
    expect(await rejection(here.run('k', fn))).toMatchObject({ message: 'declined' });
  });

  test('a policy that throws records nothing, and hides nothing', async () => {
    const { here } = fixture({ recordErrors: () => raise(new Error('policy')) });
    const error = await rejection(here.run('k', () => raise(new Error('declined'))));
    expect(error).toMatchObject({ message: 'declined' });
    expect((await here.run('k', () => 'charged')).replayed).toBe(false);
  });
});

describe('a result that cannot be replayed', () => {
  test.each([
    ['NaN', Number.NaN],
    ['a map', { balances: new Map([['EUR', 1]]) }],
    ['more than 16 MiB', 'x'.repeat(16 * 1024 * 1024)],
  ])('is refused to all, and its effect does not happen again: %s', async (_, result) => {
    const { here, elsewhere } = fixture();
    const executed = vi.fn(() => result);
    const first = await rejection(here.run('k', executed));
    const retry = await rejection(elsewhere.run('k', executed));
    expect(first).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE', retryable: false });
    expect(retry).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE', retryable: false });
    expect((retry as Error).message).toBe((first as Error).message);
    expect(executed).toHaveBeenCalledTimes(1);
  });

  test('and a codec that cannot even say so leaves the claim to lapse, so that a takeover is told', async () => {
    const codec = { encode: () => raise(new Error('no codec')), decode: () => undefined };
    const { here, store } = fixture({ codec });
    const error = await rejection(here.run('k', () => 1));
    expect(error).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE' });
    expect(store.entries.get('k')?.state).toBe('claimed');
    expect(store.count('release')).toBe(0);
  });
});

describe('run-unprotected', () => {
  test('executes when the store cannot be reached, told the worst', async () => {
    const { here, store } = fixture({ whenUnreachable: 'run-unprotected' });
    const error = new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'gone', { retryable: true });
    store.fail('claim', { when: 'before', error });
    const result = await here.run('k', ({ fence, takeover }) => ({
      fence,
      takeover,
      at: new Date(0),
    }));
    const value = { fence: 0, takeover: true, at: '1970-01-01T00:00:00.000Z' };
    expect(result).toEqual({ value, replayed: false, fence: 0, takeover: true });
  });

  test('never executes against what the store said', async () => {
    const { here, store } = fixture({ whenUnreachable: 'run-unprotected' });
    await store.close();
    expect(await rejection(here.run('k', () => 1))).toMatchObject({ code: 'IDEM_STORE_CLOSED' });
  });
});

function raise(error: unknown): never {
  throw error;
}
