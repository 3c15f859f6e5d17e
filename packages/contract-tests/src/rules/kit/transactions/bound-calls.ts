import type { OperationOptions } from '@idem/core';
import type { BoundStore } from '../../../harness-transactions.ts';
import { bytes, LONG } from '../material.ts';
import { acquire, expectHeld } from '../steps.ts';
import type { Transacting } from './transacting.ts';

/** Calls of every operation that a bound store has, which would do something if they were carried out. */
export interface BoundCalls {
  readonly calls: readonly (readonly [name: string, call: () => Promise<unknown>])[];
  /** Sees that none of them has done anything. */
  expectUndone(what: string): Promise<void>;
}

const VALUE = bytes('inside');
const KEPT = bytes('kept');

export async function boundCalls(
  context: Transacting,
  bound: BoundStore,
  options?: OperationOptions,
): Promise<BoundCalls> {
  const { store, expect } = context;
  const { key, token } = await acquire(context, context.key('claimed'), { fingerprint: 'print' });
  const [vacant, stored] = [context.key('vacant'), context.key('stored')];
  await store.store(stored, KEPT, LONG);
  const calls: (readonly [string, () => Promise<unknown>])[] = [
    ['complete', () => bound.complete(key, token, VALUE, LONG, options)],
  ];
  if (bound.store !== undefined) {
    const call = bound.store.bind(bound);
    calls.push(['store', () => call(vacant, VALUE, LONG, options)]);
  }
  if (bound.remove !== undefined) {
    const call = bound.remove.bind(bound);
    calls.push(['remove', () => call(stored, options)]);
  }
  if (bound.find !== undefined) {
    const call = bound.find.bind(bound);
    calls.push(['find', () => call(stored, options)]);
  }
  if (bound.exists !== undefined) {
    const call = bound.exists.bind(bound);
    calls.push(['exists', () => call(stored, options)]);
  }
  return {
    calls,
    expectUndone: async (what) => {
      await expectHeld(context, `${what}: the claim`, key, 'print');
      expect.same(`${what}: exists of the vacant key`, await store.exists(vacant), false);
      expect.same(`${what}: find of the stored key`, await store.find(stored), KEPT);
    },
  };
}
