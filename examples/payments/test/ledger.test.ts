import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Bank } from '../src/bank.ts';
import { closeLedger } from '../src/ledger.ts';
import { Timeline } from '../src/timeline.ts';

beforeEach(() => vi.spyOn(console, 'log').mockReturnValue());
afterEach(() => vi.restoreAllMocks());

async function close(requested: readonly string[], charged: readonly string[]): Promise<boolean> {
  const timeline = new Timeline();
  for (const key of requested) timeline.requests.set(key, 1);
  const bank = new Bank();
  for (const key of charged) await bank.charge(key, 100, 1);
  return closeLedger(timeline, bank);
}

test('the ledger is right with one charge for each key', async () => {
  expect(await close(['a', 'b'], ['b', 'a'])).toBe(true);
});

test.each([
  ['a key charged twice', ['a', 'b'], ['a', 'b', 'b']],
  ['a key not charged', ['a', 'b'], ['a']],
  ['one twice and one not at all', ['a', 'b'], ['a', 'a']],
  ['a charge that nobody asked for', ['a'], ['a', 'c']],
])('the ledger is wrong with %s', async (_, requested, charged) => {
  expect(await close(requested, charged)).toBe(false);
});

test('the bank refuses a server that was overtaken', async () => {
  const bank = new Bank();
  await bank.find('a', 2);
  await expect(bank.charge('a', 100, 1)).rejects.toThrow('Another server has taken over a since.');
});
