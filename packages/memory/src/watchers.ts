interface Watcher {
  readonly wake: () => void;
}

/** Who is told when a key may have ceased to be claimed. Holds a key no longer than it is watched. */
export class Watchers {
  readonly #byKey = new Map<string, Set<Watcher>>();

  add(key: string, wake: () => void): () => void {
    // An object of its own for each: the same function may watch twice, and stop once.
    const watcher: Watcher = { wake };
    const watchers = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#byKey.get(key) === watchers) this.#byKey.delete(key);
    };
  }

  wake(key: string): void {
    const watchers = this.#byKey.get(key);
    if (watchers === undefined) return;
    // Of those that watch now: one that a waker adds is not called for what came before it.
    for (const watcher of [...watchers]) {
      if (!watchers.has(watcher)) continue;
      try {
        watcher.wake();
      } catch {
        // Not the fault of the operation that woke it: that one is done, and must be answered so.
      }
    }
  }
}
