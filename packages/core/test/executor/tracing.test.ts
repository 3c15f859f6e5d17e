import { tracingChannel } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunTrace } from '../../src/index.ts';
import { fixture, raise, rejection } from '../support/fixture.ts';
import { charge, setUp } from '../support/transactional-store.ts';

const channel = tracingChannel<'idem:run', RunTrace>('idem:run');
let seen: [string, RunTrace][] = [];

const record =
  (name: string) =>
  (trace: RunTrace): void => {
    seen.push([name, { ...trace }]);
  };
const subscribers = {
  start: record('start'),
  end: record('end'),
  asyncStart: record('asyncStart'),
  asyncEnd: record('asyncEnd'),
  error: record('error'),
};

beforeEach(() => {
  seen = [];
  channel.subscribe(subscribers);
});
afterEach(() => {
  channel.unsubscribe(subscribers);
});

const names = (): string[] => seen.map(([name]) => name);

test('a call is traced from its start to its settling, with its result', async () => {
  const { here } = fixture({ scope: 'acme' });
  const result = await here.run('k', () => 'done', { scope: 'charge' });
  expect(names()).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
  expect(seen[0]?.[1]).toEqual({ key: '@acme:charge/k' });
  expect(seen.at(-1)?.[1]).toEqual({ key: '@acme:charge/k', result });
});

test('a replay says so in its result', async () => {
  const { here } = fixture();
  await here.run('k', () => 'done');
  seen = [];
  await here.run('k', () => 'again');
  expect(seen.at(-1)).toEqual([
    'asyncEnd',
    { key: 'k', result: { value: 'done', replayed: true } },
  ]);
});

test('a call that is called back is traced as any other', async () => {
  const { here } = fixture();
  const result = await new Promise((settled, failed) => {
    here['idem:runCallingBack']('k', () => 'done', {}, settled, failed);
  });
  expect(names()).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
  expect(seen.at(-1)?.[1]).toEqual({ key: 'k', result });
});

test('a call that rejects has its error', async () => {
  const { here } = fixture();
  const declined = new Error('declined');
  await rejection(here.run('k', () => raise(declined)));
  expect(names()).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
  expect(seen.at(-1)?.[1]).toEqual({ key: 'k', error: declined });
});

test('wrapped functions and transactions are traced alike', async () => {
  const { here, store } = setUp();
  const wrapped = here.wrap((id: string) => id, { key: (id) => id });
  await wrapped('w');
  await wrapped.run('r');
  await here.runInTransaction('t', store.begin, charge);
  const started = seen.filter(([name]) => name === 'start');
  expect(started.map(([, trace]) => trace.key)).toEqual(['w', 'r', 't']);
  expect(seen.filter(([name]) => name === 'asyncEnd')).toHaveLength(3);
});

test('a call that is refused for its arguments is refused alike, traced or not', async () => {
  const { here, store } = fixture();
  // @ts-expect-error: no key, on purpose
  const noKey = here.run(undefined, () => 1);
  expect(await rejection(noKey)).toMatchObject({ code: 'IDEM_INVALID_KEY' });
  // @ts-expect-error: no function, on purpose
  expect(await rejection(here.run('k', 1))).toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
  for (const options of [null, 7, { scop: 'acme' }]) {
    // @ts-expect-error: no options, on purpose
    const refused = here.run('k', () => 1, options);
    expect(await rejection(refused)).toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
  }
  expect(store.log).toEqual([]);
});
