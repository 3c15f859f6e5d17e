import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { expect, test } from 'vitest';
import { describeOnRealServer, LONG } from '../support/real-server.ts';

const value = new Uint8Array([1]);
const KEYS = Array.from({ length: 12 }, (_, n) => `contended ${n}`);
/** Milliseconds; a real deadlock of these three needs chance. */
const SOAK = LONG ? 120_000 : 2_000;

describeOnRealServer('purge, claims and stores on keys that have expired', {}, (at) => {
  test(
    'meet no deadlock that anybody hears of, and a key’s fence only grows',
    async () => {
      const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
      const end = Date.now() + SOAK;
      const fences = new Map<string, number>();
      const until = async (round: (n: number) => Promise<unknown>): Promise<number> => {
        let rounds = 0;
        for (; Date.now() < end || rounds === 0; rounds++) await round(rounds);
        return rounds;
      };
      const keyOf = (n: number): string => KEYS[n % KEYS.length] ?? '';
      const claimer = (): Promise<number> =>
        until(async (n) => {
          const [key, token] = [keyOf(n), createToken()];
          const before = fences.get(key) ?? 0;
          const claimed = await store.claim(key, { token, lease: 600_000 });
          if (claimed.outcome !== 'acquired') return;
          // What was known before the claim was asked for is of an earlier claim.
          expect(claimed.fence).toBeGreaterThan(before);
          fences.set(key, Math.max(fences.get(key) ?? 0, claimed.fence));
          if (n % 2 === 0) await store.release(key, token);
          else await store.complete(key, token, value, 600_000);
        });
      const rounds = await Promise.all([
        claimer(),
        claimer(),
        until((n) => store.store(keyOf(n), value, 600_000)),
        until(() => store.purgeExpired({ batch: 3 })),
        // What has ended, as for the purge.
        until((n) =>
          at
            .query(
              `UPDATE dbo.${at.table} SET EndsAt = '2020-01-01' WHERE IdempotencyKey = @1 AND State <> 'claimed'`,
              [keyOf(n * 5)],
            )
            .catch((error: { number?: number }) => {
              if (error.number !== 1205) throw error;
            }),
        ),
      ]);
      console.log(`${rounds.join(', ')} rounds of claims, claims, stores, purges and endings`);
      expect(fences.size).toBeGreaterThan(0);
    },
    SOAK + 120_000,
  );
});
