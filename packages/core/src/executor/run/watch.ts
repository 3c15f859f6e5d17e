import type { IdempotencyStore, Unwatch } from '../../contract/store.ts';

/** Has `wake` called when something happens to the key. Undefined where the store cannot: pauses alone are enough. */
export function watch(store: IdempotencyStore, key: string, wake: () => void): Unwatch | undefined {
  try {
    return store.supports?.wakeUp?.promised === true ? store.watch(key, wake) : undefined;
  } catch {
    return undefined;
  }
}

export function stopWatching(unwatch: Unwatch): void {
  try {
    unwatch();
  } catch {
    // It hides nothing that was executed.
  }
}
