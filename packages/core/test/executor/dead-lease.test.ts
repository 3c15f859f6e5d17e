import { describe, expect, test, vi } from 'vitest';
import { pass, stall, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, rejection, settled } from '../support/fixture.ts';

useFakeTime();

describe('a claim that is answered after its lease is no grant', () => {
  test('though no timer has said so: after a stall the reply is handled first', async () => {
    const { here, elsewhere, store } = fixture();
    const reply = deferred();
    const executed = vi.fn(() => 'ours');
    const claim = store.claim.bind(store);
    // The store grants it at once; the reply lies in the socket while the event loop stalls.
    vi.spyOn(store, 'claim').mockImplementationOnce(async (key, request) => {
      const answer = await claim(key, request);
      await reply.promise;
      return answer;
    });
    const late = rejection(here.run('k', executed));
    await settled();
    stall(LEASE + 1);
    expect((await elsewhere.run('k', () => 'theirs')).value).toBe('theirs');
    reply.resolve();
    const error = await late;
    expect(executed).not.toHaveBeenCalled();
    expect(error).toMatchObject({ code: 'IDEM_STORE_TIMEOUT', retryable: true, key: 'k' });
    expect((await here.run('k', executed)).value).toBe('theirs');
  });

  test('and it is released, so that the next need not wait for its end', async () => {
    const { here, elsewhere, store } = fixture();
    const reply = deferred();
    // It is claimed when the reply is sent, so the store's lease has only begun.
    store.fail('claim', { when: 'held', until: reply.promise });
    const late = rejection(here.run('k', () => 'never'));
    await settled();
    stall(LEASE + 1);
    reply.resolve();
    expect(await late).toMatchObject({ code: 'IDEM_STORE_TIMEOUT' });
    await settled();
    expect((await elsewhere.run('k', () => 'done')).value).toBe('done');
  });
});

describe('a lease counts from the sending', () => {
  test('so the first renewal is due a third of it after the claim was sent, however late that was answered', async () => {
    const { here, store } = fixture();
    const reply = deferred();
    store.fail('claim', { when: 'held', until: reply.promise });
    const work = deferred<string>();
    const run = here.run('k', () => work.promise);
    await pass(LEASE * 0.7);
    reply.resolve();
    await pass(LEASE * 0.5);
    expect(store.count('renew')).toBeGreaterThan(0);
    work.resolve('done');
    expect((await run).value).toBe('done');
  });

  test('also of a renewal, whose answer may come as late', async () => {
    const { here, store } = fixture();
    const reply = deferred();
    const work = deferred<string>();
    const run = here.run('k', () => work.promise);
    await pass(0);
    store.fail('renew', { when: 'held', until: reply.promise });
    await pass(LEASE / 3 + 900);
    reply.resolve();
    await pass(0);
    expect(store.count('renew')).toBe(1);
    // The next one is due a third after the first was sent, that is in 100 ms.
    await pass(100);
    expect(store.count('renew')).toBe(2);
    work.resolve('done');
    expect((await run).value).toBe('done');
  });
});

test('a function that ends after its lease, before any timer says so, is not recorded over another', async () => {
  const { here, elsewhere, store } = fixture();
  const work = deferred<string>();
  const run = rejection(here.run('k', () => work.promise));
  await settled();
  stall(LEASE + 1);
  expect((await elsewhere.run('k', () => 'theirs')).value).toBe('theirs');
  work.resolve('ours');
  expect(await run).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  expect(Buffer.from((await store.find('k')) ?? []).toString()).toContain('theirs');
});
