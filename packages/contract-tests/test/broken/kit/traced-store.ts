import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClaimResult, Inspection } from '@idem/core';
import type { Move } from '../../../src/moves.ts';
import { ReferenceStore } from './reference-store.ts';

/** The reference store, whose pieces know for which move they are asked: a mistake can be made in one alone. */
export class TracedStore extends ReferenceStore {
  readonly #moves = new AsyncLocalStorage<Move>();

  protected during(move: Move): boolean {
    return this.#moves.getStore() === move;
  }

  /** Does the work as that move, of the key where it has one. */
  protected as<T>(move: Move, work: () => T, _key: string): T {
    return this.#moves.run(move, work);
  }

  protected override doFind(
    ...parts: Parameters<ReferenceStore['doFind']>
  ): Promise<Uint8Array | null> {
    return this.as('find', () => super.doFind(...parts), parts[0]);
  }
  protected override doExists(...parts: Parameters<ReferenceStore['doExists']>): Promise<boolean> {
    return this.as('exists', () => super.doExists(...parts), parts[0]);
  }
  protected override doStore(...parts: Parameters<ReferenceStore['doStore']>): Promise<void> {
    return this.as('store', () => super.doStore(...parts), parts[0]);
  }
  protected override doRemove(...parts: Parameters<ReferenceStore['doRemove']>): Promise<void> {
    return this.as('remove', () => super.doRemove(...parts), parts[0]);
  }
  protected override doClaim(
    ...parts: Parameters<ReferenceStore['doClaim']>
  ): Promise<ClaimResult> {
    const [key, token] = parts;
    const { record } = this.row(key);
    const again = record?.state === 'claimed' && record.token === token;
    return this.as(again ? 'claim again' : 'claim', () => super.doClaim(...parts), key);
  }
  protected override doComplete(
    ...parts: Parameters<ReferenceStore['doComplete']>
  ): Promise<boolean> {
    const completed = this.row(parts[0]).record?.state === 'completed';
    return this.as(
      completed ? 'complete again' : 'complete',
      () => super.doComplete(...parts),
      parts[0],
    );
  }
  protected override doRelease(
    ...parts: Parameters<ReferenceStore['doRelease']>
  ): Promise<boolean> {
    return this.as('release', () => super.doRelease(...parts), parts[0]);
  }
  protected override doRenew(...parts: Parameters<ReferenceStore['doRenew']>): Promise<boolean> {
    return this.as('renew', () => super.doRenew(...parts), parts[0]);
  }
  protected override doInspect(
    ...parts: Parameters<ReferenceStore['doInspect']>
  ): Promise<Inspection> {
    return this.as('inspect', () => super.doInspect(...parts), parts[0]);
  }
}
