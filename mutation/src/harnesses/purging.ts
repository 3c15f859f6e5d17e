import { setTimeout as sleep } from 'node:timers/promises';
import { type Absent, type Harness, isAbsent } from '@idem/contract-tests';
import { type IdempotencyStore, isIdempotencyError } from '@idem/core';

/** Milliseconds between two purges. */
const PAUSE = 500;

interface Purgeable extends IdempotencyStore {
  purgeExpired(options: { readonly signal: AbortSignal }): Promise<number>;
}

/** The same harness, with a purge that goes over the table all the time: whatever a record owes must survive it. */
export async function purging(harness: Harness | Absent): Promise<Harness | Absent> {
  if (isAbsent<Harness>(harness)) return harness;
  const store = await harness.open();
  if (!isPurgeable(store)) throw new Error(`${harness.name} has no purge.`);
  const stop = new AbortController();
  const { signal } = stop;
  const purges = (async () => {
    while (!signal.aborted) {
      await purge(store, signal);
      await sleep(PAUSE, undefined, { signal }).catch(() => {});
    }
  })();
  return {
    ...harness,
    close: async () => {
      stop.abort();
      await purges;
      await store.close();
      await harness.close?.();
    },
  };
}

/** What a crash of the server or a busy one brings about is tried again; anything else ends this process. */
async function purge(store: Purgeable, signal: AbortSignal): Promise<void> {
  try {
    // A mutant's may go on for ever.
    await store.purgeExpired({ signal });
  } catch (error) {
    if (signal.aborted) return;
    if (!isIdempotencyError(error) || !error.retryable) throw error;
  }
}

function isPurgeable(store: IdempotencyStore): store is Purgeable {
  return 'purgeExpired' in store && store.purgeExpired instanceof Function;
}
