import type { ClaimResult, IdempotencyStore } from '@idem/core';
import { RemoteStore } from '../remote/remote-store.ts';

/** A client whose claims queue in this process, and look before they write. */
class HastyStore extends RemoteStore {
  #last: Promise<unknown> = Promise.resolve();

  protected override doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
  ): Promise<ClaimResult> {
    const claim = async (): Promise<ClaimResult> => {
      const { state } = await this.ask<{ readonly state: string }>('inspect', key);
      // Vacant when it was asked: this makes a claim void that has come since.
      if (state === 'vacant') await this.ask('remove', key);
      return super.doClaim(key, token, lease, fingerprint);
    };
    const result = this.#last.then(claim);
    this.#last = result.catch(() => {});
    return result;
  }
}

export default async function open(): Promise<IdempotencyStore> {
  const { STORE_SERVER_PORT: port } = process.env;
  return new HastyStore({ port: Number(port) });
}
