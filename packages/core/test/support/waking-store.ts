import type { StoreSupport, Unwatch } from '../../src/index.ts';
import { TestStore } from './test-store.ts';

/** A test store that promises to wake who waits, and does so at once, or loses it. */
export class WakingTestStore extends TestStore {
  override readonly supports: StoreSupport = {
    durability: { promised: false, reason: 'It is a Map.' },
    sharing: { promised: false, reason: 'It is a Map.' },
    wakeUp: { promised: true },
  };
  losesWakeUps = false;
  readonly #watching: Map<symbol, { readonly key: string; readonly wake: () => void }> = new Map();

  /** Who watches now. */
  get watchers(): number {
    return this.#watching.size;
  }

  /** Wakes who watches the key, with or without a reason. */
  wake(key: string): void {
    for (const watcher of this.#watching.values()) if (watcher.key === key) watcher.wake();
  }

  protected override doWatch(key: string, wake: () => void): Unwatch {
    const id = Symbol(key);
    this.#watching.set(id, { key, wake });
    return () => this.#watching.delete(id);
  }

  protected override async doComplete(
    ...given: Parameters<TestStore['doComplete']>
  ): Promise<boolean> {
    const held = await super.doComplete(...given);
    this.#happened(given[0]);
    return held;
  }

  protected override async doRelease(
    ...given: Parameters<TestStore['doRelease']>
  ): Promise<boolean> {
    const held = await super.doRelease(...given);
    this.#happened(given[0]);
    return held;
  }

  #happened(key: string): void {
    if (!this.losesWakeUps) this.wake(key);
  }
}
