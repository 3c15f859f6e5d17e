import { createToken, type IdempotencyStore } from '@idem/core';
import { expect } from 'vitest';

const LEASE = 60_000;
const value: Buffer = Buffer.from([0, 255, 13, 10, 195, 40]);

/** Everything once, and much of it at once. */
export async function works(store: IdempotencyStore, label: string): Promise<void> {
  const keys = Array.from({ length: 40 }, (_, i) => `${label} {x}${i}`);
  await Promise.all(
    keys.map(async (key) => {
      const token = createToken();
      const claim = await store.claim(key, { token, lease: LEASE });
      expect(claim.outcome).toBe('acquired');
      expect(await store.renew(key, token, LEASE)).toBe(true);
      expect(await store.inspect(key)).toMatchObject({ state: 'claimed' });
      expect(await store.complete(key, token, value, LEASE)).toBe(true);
      expect(await store.release(key, token)).toBe(false);
      expect(await store.find(key)).toEqual(new Uint8Array(value));
      const replay = await store.claim(key, { token: createToken(), lease: LEASE });
      expect(replay).toMatchObject({ outcome: 'completed', value: new Uint8Array(value) });
    }),
  );
}
