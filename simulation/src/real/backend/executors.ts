import type { Idempotency, IdempotencyStore } from '@idem/core';
import type { Core } from '../../story/host.ts';
import type { Terms } from '../history.ts';

/** An executor for each set of options: what is asked for at once, meets in it. */
export class Executors<S extends IdempotencyStore> {
  readonly #core: Core;
  readonly #store: S;
  readonly #made: Map<string, Idempotency<S>> = new Map();

  constructor(core: Core, store: S) {
    this.#core = core;
    this.#store = store;
  }

  of({ lease, ttl, maxHold, recordTimeout }: Terms): Idempotency<S> {
    const options = { lease, ttl, maxHold, recordTimeout };
    const name = JSON.stringify(options);
    const made =
      this.#made.get(name) ??
      new this.#core.Idempotency({ ...options, store: this.#store, recordErrors });
    this.#made.set(name, made);
    return made;
  }
}

function recordErrors(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('recorded by');
}
