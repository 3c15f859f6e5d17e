import type { IdempotencyStore } from '@idem/core';
import type { Group } from '../suite/cases.ts';
import type { Mutation, Options } from '../suite/stage.ts';

/** A middleware with one mistake, and the cases that catch it. */
export interface Mistake {
  readonly group: Group;
  readonly mistake: string;
  readonly mutation: Mutation;
  readonly caughtBy: readonly string[];
}

export const HOUR = 3_600_000;

export function options(change: Options | ((given: Options) => Options)): Mutation {
  return {
    options: (given) => ({ ...given, ...(typeof change === 'function' ? change(given) : change) }),
  };
}

export function mistake(
  group: Group,
  what: string,
  mutation: Mutation,
  ...caughtBy: string[]
): Mistake {
  return { group, mistake: what, mutation, caughtBy };
}

/** A store that is never told what a request says. */
export function withoutFingerprints(store: IdempotencyStore): IdempotencyStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name !== 'claim') return Reflect.get(target, name, target);
      const claim: IdempotencyStore['claim'] = (key, { token, lease }, call) =>
        target.claim(key, { token, lease }, call);
      return claim;
    },
  });
}

export const asText = (body: Uint8Array) => Buffer.from(Buffer.from(body).toString('utf8'));
