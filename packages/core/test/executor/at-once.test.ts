import { expect, test, vi } from 'vitest';
import type { AnswersAtOnce } from '../../src/adapter.ts';
import type { Completed } from '../../src/index.ts';
import { fixture, raise, rejection } from '../support/fixture.ts';
import { TestStore } from '../support/test-store.ts';

/** Has its results at hand, as a store in this process has. */
class HandyStore extends TestStore implements AnswersAtOnce {
  'idem:resultAtOnce'(key: string, claim: unknown): Completed | undefined {
    const entry = this.entries.get(key);
    if (claim !== HandyStore.prototype.claim || entry?.state !== 'completed') return undefined;
    return {
      outcome: 'completed',
      value: new Uint8Array(entry.value),
      fingerprint: entry.fingerprint,
    };
  }
}

function handy() {
  const store = new HandyStore();
  return { ...fixture({ store }), store };
}

test('a result that is at hand is replayed without a claim', async () => {
  const { store, here, elsewhere } = handy();
  await here.run('k', () => ({ charge: 1 }), { fingerprint: 'a' });
  const replay = await elsewhere.run('k', () => raise('called'), { fingerprint: 'a' });
  expect(replay).toEqual({ value: { charge: 1 }, replayed: true });
  expect(store.count('claim')).toBe(1);
});

test('with another fingerprint it is refused, as a claim would be', async () => {
  const { here } = handy();
  await here.run('k', () => 1, { fingerprint: 'a' });
  const refused = await rejection(here.run('k', () => 2, { fingerprint: 'b' }));
  expect(refused).toMatchObject({ code: 'IDEM_KEY_REUSED' });
});

test('what stands in for the claim is asked', async () => {
  const { store, here } = handy();
  await here.run('k', () => 1);
  const claim = vi.spyOn(store, 'claim').mockRejectedValue(new Error('away'));
  expect(await rejection(here.run('k', () => 2))).toMatchObject({ message: 'away' });
  expect(claim).toHaveBeenCalledTimes(1);
});

test.each([
  ['it throws', () => raise(new Error('broken'))],
  ['it answers nothing that a claim would', () => ({ outcome: 'completed', value: 'text' })],
  [
    'it says that the claim was granted',
    () => ({ outcome: 'acquired', fence: 1, takeover: false }),
  ],
])('where %s, the store is asked', async (_, answer) => {
  const { store, here } = handy();
  await here.run('k', () => 1);
  Object.defineProperty(store, 'idem:resultAtOnce', { value: answer });
  expect(await here.run('k', () => 2)).toEqual({ value: 1, replayed: true });
  expect(store.count('claim')).toBe(2);
});

test('a call whose signal was aborted rejects with its reason', async () => {
  const { here } = handy();
  await here.run('k', () => 1);
  const signal = AbortSignal.abort('gone');
  expect(await rejection(here.run('k', () => 2, { signal }))).toBe('gone');
});

test('calling back, it is there before the call has returned; what must be asked comes later', async () => {
  const { here } = handy();
  await here.run('k', () => 1);
  const failed = vi.fn();
  const settled = vi.fn();
  here['idem:runCallingBack']('k', () => 2, {}, settled, failed);
  expect(settled).toHaveBeenCalledExactlyOnceWith({ value: 1, replayed: true });
  const later = await new Promise((resolve, reject) => {
    here['idem:runCallingBack']('new', () => 3, {}, resolve, reject);
  });
  expect(later).toMatchObject({ value: 3, replayed: false });
  here['idem:runCallingBack']('', () => 4, {}, settled, failed);
  expect(failed).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ code: 'IDEM_INVALID_KEY' }),
  );
});

test('calling back, a codec that rejects in its own time is told of too', async () => {
  const decode = vi.fn(async (bytes: Uint8Array): Promise<unknown> => {
    if (decode.mock.calls.length > 1) throw new Error('another key');
    return Buffer.from(bytes).toString();
  });
  const codec = { encode: (value: unknown) => Buffer.from(String(value)), decode };
  const here = fixture({ store: new HandyStore(), codec }).here;
  await here.run('k', () => 'done');
  const told = await new Promise((settled, failed) => {
    here['idem:runCallingBack']('k', () => 'again', {}, settled, failed);
  }).catch((error: unknown) => error);
  expect(told).toMatchObject({ code: 'IDEM_RESULT_UNDECODABLE', key: 'k' });
});
