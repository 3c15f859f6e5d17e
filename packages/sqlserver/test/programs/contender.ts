import { setTimeout as sleep } from 'node:timers/promises';
import { createToken, type IdempotencyStore } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import type { Holding, SoakReport } from '../support/soak.ts';

const CLAIMANTS = 32;
const KEYS = ['red', 'green', 'blue', 'grey'];
/** Never reached, so that whoever holds a claim holds it until it gives it back. */
const LEASE = 600_000;

const url = process.env['IDEM_CLIENT_URL'] ?? '';
const holdings: Holding[] = [];
const errors: string[] = [];
let operations = 0;

process.on('unhandledRejection', (reason) => {
  errors.push(`unhandled: ${String(reason)}`);
});

async function contend(store: IdempotencyStore, n: number): Promise<void> {
  // Once at least, however long the first answer takes.
  for (let round = n; round === n || Date.now() < end; round++) {
    const key = KEYS[round % KEYS.length] ?? '';
    const token = createToken();
    const claimed = await store.claim(key, { token, lease: LEASE });
    operations++;
    if (claimed.outcome !== 'acquired') {
      await sleep(Math.random() * 10);
      continue;
    }
    if (claimed.takeover) errors.push(`${key}: a takeover where no lease can have lapsed`);
    const from = process.hrtime.bigint();
    await sleep(Math.random() * 3);
    if (!(await store.renew(key, token, LEASE))) errors.push(`${key}: a holder could not renew`);
    const until = process.hrtime.bigint();
    holdings.push({ key, fence: claimed.fence, from, until });
    const value = new TextEncoder().encode(token);
    const given =
      round % 3 === 0
        ? await store.complete(key, token, value, 5)
        : await store.release(key, token);
    if (!given) errors.push(`${key}: a holder could not give its claim back`);
    operations += 2;
  }
}

const store = await SqlServerStore.connect(url);
const end = Date.now() + Number(process.env['IDEM_SOAK_SECONDS']) * 1_000;
const ends = await Promise.allSettled(
  Array.from({ length: CLAIMANTS }, (_, n) => contend(store, n)),
);
for (const ended of ends) if (ended.status === 'rejected') errors.push(String(ended.reason));
await store.close();
process.send?.({ holdings, operations, errors } satisfies SoakReport, () => process.disconnect());
