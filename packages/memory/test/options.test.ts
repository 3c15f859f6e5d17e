import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';

const invalid = expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' });

/** Past the type checker, as a caller in JavaScript would. */
function open(options: unknown): MemoryStore {
  return Reflect.construct(MemoryStore, [options]);
}

test.each([
  null,
  7,
  { maxEntries: 0 },
  { maxEntries: 1.5 },
  { maxEntries: '10' },
  { maxEntries: 5_000_001 },
  { maxBytes: 4095 },
  { maxBytes: Number.NaN },
  { maxBytes: Number.POSITIVE_INFINITY },
  { clock: 5 },
  { maxEntry: 5 },
  { shareWith: {} },
  { shareWith: new MemoryStore(), maxEntries: 5 },
])('options %j are refused', (options) => {
  expect(() => open(options)).toThrow(invalid);
});

test('the message names the option, the value and the range', () => {
  expect(() => open({ maxEntries: 0 })).toThrow(
    'The options.maxEntries must be a whole number from 1 to 5,000,000; it was 0.',
  );
});

test('a clock that answers no number is refused when it does', async () => {
  const store = new MemoryStore({ clock: () => Number.NaN });
  await expect(store.find('a')).rejects.toThrow(invalid);
});

test('a URL opens a store with its options', async () => {
  const store = await MemoryStore.connect('memory:?maxEntries=1&maxBytes=5000');
  await store.store('a', Uint8Array.of(1), 1000);
  await expect(store.store('b', Uint8Array.of(1), 1000)).rejects.toThrow('1 of 1 entries');
  await expect(store.store('a', new Uint8Array(5000), 1000)).rejects.toThrow('of 5,000 bytes');
  expect(await MemoryStore.connect('memory:')).toBeInstanceOf(MemoryStore);
  expect(await MemoryStore.connect(new URL('memory:'))).toBeInstanceOf(MemoryStore);
});

test.each([
  'memory',
  'memory:orders',
  'memory://host',
  'memory:?maxEntries=many',
  'memory:?maxEntries=-1',
  'memory:?maxEntries=0',
  'memory:?ttl=5',
  'redis://localhost',
])('the URL %s is refused', async (url) => {
  await expect(MemoryStore.connect(url)).rejects.toThrow(invalid);
});

test('a URL with a password is not repeated in the message', async () => {
  const refused = MemoryStore.connect('redis://user:secret@localhost');
  await expect(refused).rejects.toThrow(/^(?!.*secret).*"redis:"/);
});
