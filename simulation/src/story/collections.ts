/** A map or a set that the executor keeps. */
export interface Collection {
  readonly size: number;
}

/** Makes something, and sees the maps and sets that it makes for itself: what is kept for ever is kept there. */
export function watchCollections<T>(make: () => T): {
  readonly made: T;
  readonly collections: readonly Collection[];
} {
  const collections: Collection[] = [];
  const { Map: ownMap, Set: ownSet } = globalThis;
  globalThis.Map = class<K, V> extends ownMap<K, V> {
    constructor(entries?: Iterable<readonly [K, V]> | null) {
      super(entries);
      collections.push(this);
    }
  } as MapConstructor;
  globalThis.Set = class<V> extends ownSet<V> {
    constructor(values?: Iterable<V> | null) {
      super(values);
      collections.push(this);
    }
  } as SetConstructor;
  try {
    return { made: make(), collections };
  } finally {
    globalThis.Map = ownMap;
    globalThis.Set = ownSet;
  }
}
