import { IdempotencyError, type IdempotencyStore } from '@idem/core';

type Wrong = (store: IdempotencyStore) => Partial<IdempotencyStore>;

/** How much later than any deadline a forgotten request comes, in milliseconds. */
const LATE = 12_000;
const AHEAD = 400;

/** Each has one mistake that somebody's store had; the rest is the store that it is made of. */
const wrongs: Readonly<Record<string, Wrong>> = {
  /** INSERT … ON CONFLICT DO UPDATE: who comes later takes the claim. */
  'upsert-claim': (store) => ({
    claim: async (key, request, options) => {
      const result = await store.claim(key, request, options);
      if (result.outcome !== 'in-progress') return result;
      await store.remove(key, options);
      return store.claim(key, request, options);
    },
  }),
  /** UPDATE … WHERE key, and nothing about whose claim it is. */
  'complete-without-token': (store) => ({
    complete: async (key, token, value, ttl, options) => {
      if (await store.complete(key, token, value, ttl, options)) return true;
      await store.store(key, value, ttl, options);
      return true;
    },
  }),
  /** The lease ends when the client's clock says so, and that is ahead. */
  'client-clock': (store) => ({
    claim: (key, request, options) =>
      store.claim(key, { ...request, lease: Math.max(1, request.lease - AHEAD) }, options),
  }),
  /** A request that waited in somebody's queue is sent long after its caller was told that it failed. */
  'late-write': (store) => ({
    complete: async (key, token, value, ttl, options) => {
      if (Math.random() < 0.05) {
        setTimeout(() => store.store(key, value, ttl).catch(() => {}), LATE).unref();
        throw new IdempotencyError('IDEM_STORE_TIMEOUT', 'It took too long.', { retryable: true });
      }
      return store.complete(key, token, value, ttl, options);
    },
  }),
  /** Reads go to a replica that lags, or to a cache. */
  'stale-read': (store) => {
    const seen = new Map<string, { readonly value: Uint8Array | null; readonly at: number }>();
    return {
      find: async (key, options) => {
        const cached = seen.get(key);
        if (cached !== undefined && Date.now() - cached.at < 50) return cached.value;
        const at = Date.now();
        const value = await store.find(key, options);
        seen.set(key, { value, at });
        return value;
      },
    };
  },
  /** Nobody remembers that somebody had begun. */
  'forgotten-takeover': (store) => ({
    claim: async (key, request, options) => {
      const result = await store.claim(key, request, options);
      return result.outcome === 'acquired' ? { ...result, takeover: false } : result;
    },
  }),
  /** Two steps: look who holds it, then let go of it. */
  'release-in-two-steps': (store) => ({
    release: async (key, token, options) => {
      const { state } = await store.inspect(key, options);
      if (state !== 'claimed') return false;
      await store.remove(key, options);
      return store.release(key, token, options).then(() => true);
    },
  }),
};

export const wrongNames: readonly string[] = Object.keys(wrongs);

/** The store with the mistake of that name; itself where there is none. */
export function makeWrong(name: string | undefined, store: IdempotencyStore): IdempotencyStore {
  const mistake = wrongs[name ?? '']?.(store);
  if (mistake === undefined) return store;
  return new Proxy(store, {
    get: (target, property) => {
      const own: unknown = Reflect.get(mistake, property);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
