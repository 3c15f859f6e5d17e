import { BoundStore } from './bound-store.ts';
import { OutsideStore } from './outside-store.ts';
import type { BoundClass, RecordParts } from './with-bound.ts';

/** A bound store that does these operations on a connection of the store's own. */
export function fromOutside(
  ...names: readonly ('complete' | 'find' | 'exists' | 'store' | 'remove')[]
): BoundClass {
  return class extends BoundStore {
    readonly #own = new OutsideStore(this.shared);
    protected override record(...parts: RecordParts): Promise<boolean> {
      return names.includes('complete') ? this.#own.complete(...parts) : super.record(...parts);
    }
    protected override doFind(key: string): Promise<Uint8Array | null> {
      return names.includes('find') ? this.#own.find(key) : super.doFind(key);
    }
    protected override doExists(key: string): Promise<boolean> {
      return names.includes('exists') ? this.#own.exists(key) : super.doExists(key);
    }
    protected override doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
      return names.includes('store')
        ? this.#own.store(key, value, ttl)
        : super.doStore(key, value, ttl);
    }
    protected override doRemove(key: string): Promise<void> {
      return names.includes('remove') ? this.#own.remove(key) : super.doRemove(key);
    }
  };
}
