import { afterEach, expect, test, vi } from 'vitest';
import type { Reading } from '../../src/replay-cache/reading.ts';
import type { CachedRecord } from '../../src/replay-cache/records.ts';
import { ReplayCache } from '../../src/replay-cache/replay-cache.ts';
import { script } from '../../src/scripts/script.ts';
import { SteeredConnection, settled, type Told } from '../support/steered-connection.ts';

const MAX_STALENESS = 600_000;
const OLD = recordOf('old');
const NEW = recordOf('new');

function recordOf(text: string): CachedRecord {
  return { value: Buffer.from(text), fingerprint: null, ends: Number.POSITIVE_INFINITY };
}

afterEach(() => {
  vi.restoreAllMocks();
});

const clocks = [performance, Date].map((clock) => ({ clock, now: clock.now.bind(clock) }));

/** So many milliseconds have passed since the test began, by every clock. */
function pass(ms: number): void {
  for (const { clock, now } of clocks) vi.spyOn(clock, 'now').mockImplementation(() => now() + ms);
}

function hear(connection: SteeredConnection, told: Told, mark = connection.asked.length - 1): void {
  told.events.heard(`${connection.asked[mark]?.id} ${Date.now() * 1_000}`);
}

function opening(): { connection: SteeredConnection; cache: ReplayCache } {
  const connection = new SteeredConnection();
  const { driver } = connection;
  const options = { maxBytes: 10_000, maxEntries: 10, maxStaleness: MAX_STALENESS };
  const cache = new ReplayCache({ ...options, driver, prefix: 'p:', probe: script('probe') });
  cache.begin('first').sentOn(connection);
  return { connection, cache };
}

/** A cache that keeps what it reads on its connection. */
async function listening(): Promise<{
  connection: SteeredConnection;
  cache: ReplayCache;
  told: Told;
}> {
  const { connection, cache } = opening();
  const told = at(connection.told, 0);
  told.begin();
  await settled();
  cache.begin('first').sentOn(connection);
  connection.asked[0]?.answer();
  hear(connection, told);
  await settled();
  return { connection, cache, told };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list.at(index);
  if (found === undefined) throw new Error(`there are ${list.length}`);
  return found;
}

function sent(cache: ReplayCache, connection: SteeredConnection): Reading {
  const reading = cache.begin('key');
  reading.sentOn(connection);
  return reading;
}

test('what is read on a connection that proved itself is kept', async () => {
  const { connection, cache } = await listening();
  const reading = sent(cache, connection);
  cache.keep('key', reading, OLD);
  cache.end('key', reading);
  expect(cache.get('key')?.value).toEqual(new Uint8Array(OLD.value));
});

test('a reading that ends hides no later one from what changes', async () => {
  const { connection, cache, told } = await listening();
  const first = sent(cache, connection);
  told.events.changed(['p:key']);
  const second = sent(cache, connection);
  cache.end('key', first);
  told.events.changed(['p:key']);
  cache.keep('key', second, OLD);
  expect(cache.get('key')).toBeUndefined();
});

test('a reading from before a change does not spoil for good what is read after it', async () => {
  const { connection, cache, told } = await listening();
  const first = sent(cache, connection);
  told.events.changed(['p:key']);
  const second = sent(cache, connection);
  cache.keep('key', second, NEW);
  cache.keep('key', first, OLD);
  expect(cache.get('key')?.value).toEqual(new Uint8Array(NEW.value));
});

test.each<[string, (connection: SteeredConnection, cache: ReplayCache, told: Told) => void]>([
  ['all keys are gone', (_connection, _cache, told) => told.events.changed(null)],
  ['the connection that tells is lost', (_connection, _cache, told) => told.events.end()],
  [
    'the connection was made anew',
    (connection) => {
      connection.socket = 2;
    },
  ],
  ['the store itself changed it', (_connection, cache) => cache.drop('key')],
])('what was on the way is not kept when %s', async (_, happens) => {
  const { connection, cache, told } = await listening();
  const reading = sent(cache, connection);
  happens(connection, cache, told);
  cache.keep('key', reading, OLD);
  expect(cache.get('key')).toBeUndefined();
  // Nor by what the next connection that tells has heard.
  connection.told[1]?.begin();
  cache.keep('key', reading, OLD);
  expect(cache.get('key')).toBeUndefined();
});

test('what was sent twice, or is answered when it is over, is not kept', async () => {
  const { connection, cache } = await listening();
  const twice = sent(cache, connection);
  twice.sentOn(connection);
  cache.keep('key', twice, OLD);
  expect(cache.get('key')).toBeUndefined();
  const over = sent(cache, connection);
  cache.end('key', over);
  cache.keep('key', over, OLD);
  expect(cache.get('key')).toBeUndefined();
});

test('a connection that was made anew has to prove itself again', async () => {
  const { connection, cache, told } = await listening();
  connection.socket = 2;
  const unproven = sent(cache, connection);
  cache.keep('key', unproven, OLD);
  expect(cache.get('key')).toBeUndefined();
  // What the former one had asked for proves nothing of this one.
  connection.socket = 3;
  hear(connection, told);
  const later = sent(cache, connection);
  cache.keep('key', later, OLD);
  expect(cache.get('key')).toBeUndefined();
});

test('a mark that is heard late is as old as when it was asked for', async () => {
  const { connection, cache } = opening();
  const told = at(connection.told, 0);
  told.begin();
  await settled();
  cache.begin('first').sentOn(connection);
  pass(MAX_STALENESS - 60_000);
  hear(connection, told);
  const reading = sent(cache, connection);
  cache.keep('key', reading, OLD);
  expect(cache.get('key')).toBeDefined();
  pass(MAX_STALENESS + 1);
  expect(cache.get('key')).toBeUndefined();
});

test('what is told to a connection that was given up counts no more', async () => {
  const { connection, cache, told } = await listening();
  const asked = connection.asked.length;
  told.events.end();
  pass(60_000);
  sent(cache, connection);
  const next = at(connection.told, 1);
  next.begin();
  await settled();
  cache.begin('first').sentOn(connection);
  expect(connection.asked.length).toBeGreaterThan(asked);
  hear(connection, told);
  const reading = sent(cache, connection);
  cache.keep('key', reading, OLD);
  expect(cache.get('key')).toBeUndefined();
  // The first one's mark is not the second one's.
  hear(connection, next, 0);
  expect(cache.get('key')).toBeUndefined();
});

test('after close, nothing is opened', async () => {
  const { connection, cache, told } = await listening();
  cache.close();
  expect(told.tracked.signal.aborted).toBe(true);
  pass(60_000);
  sent(cache, connection);
  expect(connection.told).toHaveLength(1);
});

test('one that is opened when nobody wants it any more is ended', () => {
  const { connection, cache } = opening();
  cache.close();
  expect(at(connection.told, 0).tracked.signal.aborted).toBe(true);
});

test('one that does not begin to tell is given up', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { connection } = opening();
    const { signal } = at(connection.told, 0).tracked;
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(signal.aborted).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('marks are asked for in time, and no more often than they are needed', async () => {
  const { connection, cache } = await listening();
  const reading = sent(cache, connection);
  cache.keep('key', reading, OLD);
  const before = connection.asked.length;
  pass(0.6 * MAX_STALENESS);
  for (let i = 0; i < 3; i += 1) {
    expect(cache.get('key')).toBeDefined();
    at(connection.asked, before).answer();
    await settled();
  }
  expect(connection.asked).toHaveLength(before + 1);
});
