import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deferred, fixture, rejection, settled } from '../support/fixture.ts';

const NAMES = ['claimed', 'completed', 'replayed', 'conflicted', 'lost', 'failed'];
let events: [string, unknown][] = [];

const record = (event: unknown, name: string | symbol): void => {
  events.push([String(name), event]);
};

beforeEach(() => {
  events = [];
  for (const name of NAMES) subscribe(`idem:${name}`, record);
});
afterEach(() => {
  for (const name of NAMES) unsubscribe(`idem:${name}`, record);
});

const time = expect.any(Number);

test('an execution is claimed and completed, a retry replayed', async () => {
  const { here } = fixture({ scope: 'acme' });
  await here.run('k', () => 'done');
  await here.run('k', () => 'again');
  const key = '@acme/k';
  expect(events).toEqual([
    ['idem:claimed', { key, fence: 1, takeover: false, claimTime: time }],
    [
      'idem:completed',
      { key, fence: 1, kind: 'value', bytes: 18, executionTime: time, completionTime: time },
    ],
    ['idem:replayed', { key, kind: 'value', time }],
  ]);
});

test('a refused call is conflicted', async () => {
  const { here } = fixture();
  const work = deferred();
  const held = here.run('k', () => work.promise, { fingerprint: 'a' });
  await settled();
  await rejection(here.run('k', () => 1));
  await rejection(here.run('k', () => 1, { fingerprint: 'b' }));
  work.resolve();
  await held;
  expect(events.filter(([name]) => name === 'idem:conflicted')).toEqual([
    ['idem:conflicted', { key: 'k', reason: 'in-progress', leaseRemaining: time }],
    ['idem:conflicted', { key: 'k', reason: 'key-reused' }],
  ]);
});

test('what throws has failed, and says at which stage', async () => {
  const { here, store } = fixture();
  const gone = new Error('gone');
  store.fail('claim', { when: 'before', error: gone });
  await rejection(here.run('k', () => 1));
  await settled();
  const declined = new Error('declined');
  store.fail('release', { when: 'before', error: gone });
  await rejection(here.run('l', () => Promise.reject(declined)));
  expect(events.filter(([name]) => name === 'idem:failed')).toEqual([
    ['idem:failed', { key: 'k', stage: 'claim', error: gone }],
    ['idem:failed', { key: 'l', stage: 'function', error: declined }],
    ['idem:failed', { key: 'l', stage: 'release', error: gone }],
  ]);
});

test('a lost lease is lost, with its reason', async () => {
  const { here, store } = fixture();
  await rejection(here.run('k', () => store.remove('k')));
  expect(events.at(-1)).toEqual([
    'idem:lost',
    { key: 'k', fence: 1, reason: 'completion-refused', executionTime: time },
  ]);
});
