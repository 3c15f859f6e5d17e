import { expect, test, vi } from 'vitest';
import { createToken } from '../../src/index.ts';
import { pass, stall, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, rejection, settled } from '../support/fixture.ts';

useFakeTime();

test('a call that comes during the pause of others is compared with what is there now, not with what was', async () => {
  const { here, elsewhere } = fixture();
  const work = deferred<string>();
  const failing = rejection(elsewhere.run('k', () => work.promise, { fingerprint: 'a' }));
  await pass(0);
  const waiting = here.run('k', () => 'done', { wait: 60_000 });
  // Their pauses are up to a second by now, and the holder gives up in the middle of one.
  await pass(2_000);
  work.reject(new Error('declined'));
  await failing;
  const other = here.run('k', () => 'done', { fingerprint: 'b', wait: 60_000 });
  await pass(2_000);
  expect((await waiting).value).toBe('done');
  expect((await other).value).toBe('done');
});

test('a call is not refused for an answer that the store gave before it came', async () => {
  const { here, elsewhere, store } = fixture();
  const reply = deferred();
  const failing = deferred<string>();
  const first = rejection(elsewhere.run('k', () => failing.promise, { fingerprint: 'a' }));
  await pass(0);
  const claim = store.claim.bind(store);
  store.claim = async (key, request) => {
    const answer = await claim(key, request);
    store.claim = claim;
    await reply.promise;
    return answer;
  };
  const asking = rejection(here.run('k', () => 1, { fingerprint: 'b' }));
  await pass(1);
  failing.reject(new Error('declined'));
  await first;
  const joining = here.run('k', () => 'done', { fingerprint: 'b' });
  await settled();
  reply.resolve();
  expect(await asking).toMatchObject({ code: 'IDEM_KEY_REUSED' });
  expect(await joining).toMatchObject({ value: 'done', replayed: false });
});

test('nor as in progress, when the lease that it saw is over by then', async () => {
  const { here, store } = fixture();
  await store.claim('k', { token: createToken(), lease: 100 });
  const reply = deferred();
  const claim = store.claim.bind(store);
  // The reply lies in the socket while the event loop stalls.
  vi.spyOn(store, 'claim').mockImplementationOnce(async (key, request) => {
    const answer = await claim(key, request);
    await reply.promise;
    return answer;
  });
  const asking = rejection(here.run('k', () => 'never'));
  await settled();
  stall(101);
  const joining = here.run('k', ({ takeover }) => takeover);
  await settled();
  reply.resolve();
  expect(await asking).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
  expect(await joining).toMatchObject({ value: true, replayed: false });
});

test('nor for an execution of this process whose lease is over, though no timer has said so', async () => {
  const { here } = fixture();
  const lost = rejection(here.run('k', () => new Promise(() => {}), { fingerprint: 'a' }));
  await settled();
  stall(LEASE + 1);
  const other = here.run('k', ({ takeover }) => takeover, { fingerprint: 'b' });
  await pass(LEASE);
  expect(await lost).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  expect(await other).toMatchObject({ value: true, replayed: false });
});
