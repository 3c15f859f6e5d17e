import type { IdempotencyStore } from '@idem/core';
import { RemoteStore } from '../remote/remote-store.ts';

/** The same with a mistake: each process remembers what it found, and asks no more. */
class CachingStore extends RemoteStore {
  readonly #found = new Map<string, Uint8Array | null>();

  protected override async doFind(key: string): Promise<Uint8Array | null> {
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const value = await super.doFind(key);
    this.#found.set(key, value);
    return value;
  }
}

export default async function open(): Promise<IdempotencyStore> {
  const { STORE_SERVER_PORT: port } = process.env;
  return new CachingStore({ port: Number(port) });
}
