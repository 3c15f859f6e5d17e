import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClaimResult, Inspection } from '@idem/core';
import type { Move } from '../../../src/moves.ts';
import type { Again } from '../parts.ts';
import { ReferenceStore } from '../reference-store.ts';

/** The reference store, whose pieces know for which move they are asked: a mistake can be made in one alone. */
export class TracedStore extends ReferenceStore {
  readonly #moves = new AsyncLocalStorage<Move>();

  protected during(move: Move): boolean {
    return this.#moves.getStore() === move;
  }

  protected as<T>(move: Move, work: () => T): T {
    return this.#moves.run(move, work);
  }

  protected override doFind(
    ...parts: Parameters<ReferenceStore['doFind']>
  ): Promise<Uint8Array | null> {
    return this.as('find', () => super.doFind(...parts));
  }
  protected override doExists(...parts: Parameters<ReferenceStore['doExists']>): Promise<boolean> {
    return this.as('exists', () => super.doExists(...parts));
  }
  protected override doStore(...parts: Parameters<ReferenceStore['doStore']>): Promise<void> {
    return this.as('store', () => super.doStore(...parts));
  }
  protected override doRemove(...parts: Parameters<ReferenceStore['doRemove']>): Promise<void> {
    return this.as('remove', () => super.doRemove(...parts));
  }
  protected override doClaim(
    ...parts: Parameters<ReferenceStore['doClaim']>
  ): Promise<ClaimResult> {
    return this.as('claim', () => super.doClaim(...parts));
  }
  protected override again(...parts: Parameters<Again>): ClaimResult {
    return this.as('claim again', () => super.again(...parts));
  }
  protected override doComplete(
    ...parts: Parameters<ReferenceStore['doComplete']>
  ): Promise<boolean> {
    const completed = this.row(parts[0]).record?.state === 'completed';
    return this.as(completed ? 'complete again' : 'complete', () => super.doComplete(...parts));
  }
  protected override doRelease(
    ...parts: Parameters<ReferenceStore['doRelease']>
  ): Promise<boolean> {
    return this.as('release', () => super.doRelease(...parts));
  }
  protected override doRenew(...parts: Parameters<ReferenceStore['doRenew']>): Promise<boolean> {
    return this.as('renew', () => super.doRenew(...parts));
  }
  protected override doInspect(
    ...parts: Parameters<ReferenceStore['doInspect']>
  ): Promise<Inspection> {
    return this.as('inspect', () => super.doInspect(...parts));
  }
}
