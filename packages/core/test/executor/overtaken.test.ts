import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, rejection } from '../support/fixture.ts';
import { setUp } from '../support/transactional-store.ts';

useFakeTime();

let events: unknown[] = [];
const listen = (event: unknown): void => void events.push(event);

beforeEach(() => {
  events = [];
  subscribe('idem:overtaken', listen);
});
afterEach(() => {
  unsubscribe('idem:overtaken', listen);
});

const ENDS_AT = LEASE * 2;

/** An execution that loses its claim while it runs, and what its function comes to in the end. */
async function overtakenBy(end: (work: ReturnType<typeof deferred<unknown>>) => void) {
  const { here, store } = fixture();
  const work = deferred<unknown>();
  const lost = rejection(here.run('k', () => work.promise));
  await pass(0);
  await store.remove('k');
  await pass(ENDS_AT);
  expect(await lost).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  expect(events).toEqual([]);
  end(work);
  await pass(0);
}

describe('what an overtaken function comes to nobody gets, so it is published', () => {
  const about = { key: 'k', fence: 1, executionTime: ENDS_AT };

  test('when it returns', async () => {
    await overtakenBy((work) => work.resolve('charged'));
    expect(events).toEqual([{ ...about, ended: 'returned', value: 'charged' }]);
  });

  test('when it throws', async () => {
    const error = new Error('declined');
    await overtakenBy((work) => work.reject(error));
    expect(events).toEqual([{ ...about, ended: 'threw', error }]);
  });
});

describe('in a transaction too', () => {
  test.each(['returned', 'threw'])('%s', async (ended) => {
    const { here, store } = setUp();
    const work = deferred<unknown>();
    const lost = rejection(here.runInTransaction('k', store.begin, () => work.promise));
    await pass(0);
    await store.remove('k');
    await pass(LEASE);
    await lost;
    if (ended === 'threw') work.reject('late');
    else work.resolve('late');
    await pass(0);
    expect(events).toMatchObject([{ key: 'k', fence: 1, ended }]);
    expect(store.ledger).toEqual([]);
  });
});

test('an execution that kept its claim is none', async () => {
  const { here } = fixture();
  await here.run('k', () => 'done');
  await rejection(here.run('l', () => Promise.reject(new Error('declined'))));
  expect(events).toEqual([]);
});
