import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, test, vi } from 'vitest';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, rejection } from '../support/fixture.ts';

useFakeTime();

test('a claim that was lost is not lost once more when it was forgotten besides', async () => {
  const { here, store } = fixture();
  const losses: unknown[] = [];
  const listen = (event: unknown): void => void losses.push(event);
  subscribe('idem:lost', listen);
  const lost = rejection(here.run('k', () => new Promise(() => {})));
  await pass(0);
  const reply = deferred();
  const remove = store.remove.bind(store);
  vi.spyOn(store, 'remove').mockImplementation(async (key) => {
    await remove(key);
    await reply.promise;
  });
  const forgetting = here.forget('k');
  await pass(LEASE / 3);
  reply.resolve();
  await forgetting;
  unsubscribe('idem:lost', listen);
  expect(await lost).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  expect(losses).toHaveLength(1);
});

test('what a lost function comes to later does not hide who executes since', async () => {
  const { here, store } = fixture();
  const work = deferred<string>();
  const lost = rejection(here.run('k', () => work.promise));
  await pass(0);
  await store.remove('k');
  await pass(LEASE / 3);
  expect(await lost).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  const aborted = vi.fn();
  const next = rejection(
    here.run('k', ({ signal }) => {
      signal.addEventListener('abort', aborted);
      return new Promise(() => {});
    }),
  );
  await pass(0);
  work.resolve('late');
  await pass(0);
  // Whom this process knows to execute, it tells at once.
  await here.forget('k');
  expect(aborted).toHaveBeenCalledTimes(1);
  expect(await next).toMatchObject({ code: 'IDEM_LEASE_LOST' });
});
