import { describe, expect, test, vi } from 'vitest';
import type { Idempotency } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, rejection, TTL, withMethods } from '../support/fixture.ts';
import { TestStore } from '../support/test-store.ts';

useFakeTime();

const fingerprint = expect.stringMatching(/^[\w-]{43}$/);

describe('status tells what is at a key, and changes nothing', () => {
  test('nothing, a claim, a result, and nothing again', async () => {
    const { here } = fixture();
    expect(await here.status('k')).toEqual({ state: 'vacant', takeover: false });
    const work = deferred<string>();
    const run = here.run('k', () => work.promise, { fingerprint: 'body' });
    await pass(400);
    expect(await here.status('k')).toEqual({
      ...{ state: 'claimed', fence: 1, takeover: false, fingerprint },
      ...{ heldFor: 400, leaseRemaining: LEASE - 400 },
    });
    await pass(LEASE);
    expect(await here.status('k')).toMatchObject({ state: 'claimed', heldFor: LEASE + 400 });
    work.resolve('done');
    await run;
    await pass(1_000);
    const completed = { state: 'completed', fingerprint, ttlRemaining: TTL - 1_000 };
    expect(await here.status('k')).toEqual(completed);
    await pass(TTL);
    expect(await here.status('k')).toEqual({ state: 'vacant', takeover: false });
  });

  test('a takeover that is owed, and one that was told', async () => {
    const { here, elsewhere, store } = fixture();
    void rejection(elsewhere.run('k', () => new Promise(() => {})));
    await pass(0);
    store.lapse('k');
    for (const _ of ['first', 'again']) {
      expect(await here.status('k')).toEqual({ state: 'vacant', takeover: true });
    }
    const work = deferred<string>();
    const run = here.run('k', () => work.promise);
    await pass(0);
    expect(await here.status('k')).toMatchObject({ state: 'claimed', fence: 2, takeover: true });
    work.resolve('done');
    expect(await run).toMatchObject({ takeover: true });
  });

  test('one question, and never the value', async () => {
    const { here, store } = fixture();
    await here.run('k', () => 'secret');
    store.log.length = 0;
    expect(JSON.stringify(await here.status('k'))).not.toContain('secret');
    expect(store.log).toEqual([{ operation: 'inspect', key: 'k' }]);
  });
});

describe('forget', () => {
  test('makes a result vacant: the next call executes', async () => {
    const { here, elsewhere } = fixture();
    await here.run('k', () => 'first');
    expect(await elsewhere.forget('k')).toBeUndefined();
    expect(await here.run('k', () => 'second')).toMatchObject({ value: 'second', takeover: false });
  });

  test.each(['in this process', 'elsewhere'])(
    'takes the claim from an execution under way, which is told; the next call, %s, executes',
    async (where) => {
      const executors = fixture();
      const operator = where === 'in this process' ? executors.here : executors.elsewhere;
      const aborted = vi.fn();
      const lost = rejection(
        executors.here.run('k', ({ signal }) => {
          signal.addEventListener('abort', aborted);
          return new Promise(() => {});
        }),
      );
      await pass(0);
      await operator.forget('k');
      expect((await operator.run('k', () => 'second')).value).toBe('second');
      await pass(LEASE / 3);
      expect(await lost).toMatchObject({ code: 'IDEM_LEASE_LOST' });
      expect(aborted).toHaveBeenCalledTimes(1);
    },
  );

  test('that is answered late takes nothing from who came after it', async () => {
    const { here, elsewhere, store } = fixture();
    const lost = rejection(here.run('k', () => new Promise(() => {})));
    await pass(0);
    const remove = store.remove.bind(store);
    const reply = deferred();
    vi.spyOn(store, 'remove').mockImplementation(async (key) => {
      await remove(key);
      await reply.promise;
    });
    const forgetting = here.forget('k');
    await pass(LEASE / 3);
    expect(await lost).toMatchObject({ code: 'IDEM_LEASE_LOST' });
    const work = deferred<string>();
    const next = here.run('k', () => work.promise);
    await pass(0);
    reply.resolve();
    await forgetting;
    work.resolve('done');
    expect(await next).toMatchObject({ value: 'done', replayed: false });
    expect((await elsewhere.run('k', () => 'again')).replayed).toBe(true);
  });

  test('that fails takes nothing', async () => {
    const { here, store } = fixture();
    const work = deferred<string>();
    const run = here.run('k', () => work.promise);
    await pass(0);
    const gone = new Error('gone');
    store.fail('remove', { when: 'before', error: gone });
    expect(await rejection(here.forget('k'))).toBe(gone);
    work.resolve('done');
    expect((await run).value).toBe('done');
  });

  test('of nothing does nothing, and a takeover stays owed', async () => {
    const { here, elsewhere, store } = fixture();
    await here.forget('k');
    void rejection(elsewhere.run('k', () => new Promise(() => {})));
    await pass(0);
    store.lapse('k');
    await here.forget('k');
    expect(await here.run('k', () => 1)).toMatchObject({ takeover: true });
  });
});

const operations: [string, (of: Idempotency, key: string, options?: object) => Promise<unknown>][] =
  [
    ['status', (of, key, options) => of.status(key, options)],
    ['forget', (of, key, options) => of.forget(key, options)],
  ];

describe.each(operations)('%s', (_, ask) => {
  test('is of the key in its scope', async () => {
    const { here, store } = fixture({ scope: 'acme' });
    await ask(here, 'k');
    await ask(here, 'k', { scope: ['user-7', 'charge'] });
    expect(store.log.map(({ key }) => key)).toEqual(['@acme/k', '@acme:user-7:charge/k']);
  });

  test.each([
    ['IDEM_INVALID_KEY', '', {}],
    ['IDEM_INVALID_OPTIONS', 'k', { scop: 'acme' }],
    ['IDEM_INVALID_OPTIONS', 'k', { scope: undefined }],
    ['IDEM_INVALID_OPTIONS', 'k', { scope: '' }],
    ['IDEM_INVALID_OPTIONS', 'k', { signal: {} }],
    ['IDEM_INVALID_OPTIONS', 'k', null],
  ])('refuses with %s before anything is sent: %o, %o', async (code, key, options) => {
    const { here, store } = fixture();
    // @ts-expect-error: bad on purpose
    expect(await rejection(ask(here, key, options))).toMatchObject({ code });
    expect(store.log).toEqual([]);
  });

  test('is ended by its signal', async () => {
    const { here, store } = fixture();
    for (const operation of ['inspect', 'remove'] as const) {
      store.fail(operation, { when: 'held', until: new Promise(() => {}) });
    }
    const caller = new AbortController();
    const asked = rejection(ask(here, 'k', { signal: caller.signal }));
    caller.abort('gone');
    expect(await asked).toBe('gone');
  });

  test('rejects with the error of the store', async () => {
    const { here, store } = fixture();
    await store.close();
    expect(await rejection(ask(here, 'k'))).toMatchObject({ code: 'IDEM_STORE_CLOSED' });
  });
});

test('recordKey refuses misspelt options: the scope would be missing', () => {
  const { here } = fixture();
  // @ts-expect-error: misspelt on purpose
  const misspelt = (): string => here.recordKey('k', { scop: 'acme' });
  expect(misspelt).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
});

test('a store without inspect is told so, and runs all the same', async () => {
  const store = withMethods(new TestStore(), {});
  Object.defineProperty(store, 'inspect', { value: undefined });
  const { here } = fixture({ store });
  expect((await here.run('k', () => 'done')).value).toBe('done');
  expect(await rejection(here.status('k'))).toMatchObject({
    code: 'IDEM_INVALID_OPTIONS',
    message: expect.stringContaining('inspect of the store must be a function'),
  });
});
