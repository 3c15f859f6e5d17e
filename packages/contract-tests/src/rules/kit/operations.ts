import type { IdempotencyStore } from '@idem/core';
import { type OperationName, operationNames } from '../../moves.ts';
import type { RuleContext } from '../../rule.ts';
import { LONG } from './material.ts';
import { SECRET, SECRET_WRITTEN } from './messages.ts';

/** Arguments of an operation, some of them wrong on purpose; what is not given is right. */
export interface Arguments {
  readonly key?: unknown;
  readonly token?: unknown;
  readonly value?: unknown;
  readonly ttl?: unknown;
  readonly lease?: unknown;
  readonly fingerprint?: unknown;
  readonly request?: unknown;
  readonly options?: unknown;
}

/** A call that is ready to be made, and what of it no error may tell. */
export type Call = readonly [
  name: OperationName,
  call: () => Promise<unknown>,
  secrets: readonly string[],
];

/** Which operations take which argument. */
const TAKES: Readonly<Record<OperationName, readonly (keyof Arguments)[]>> = {
  find: ['key', 'options'],
  exists: ['key', 'options'],
  store: ['key', 'value', 'ttl', 'options'],
  remove: ['key', 'options'],
  claim: ['key', 'token', 'lease', 'fingerprint', 'request', 'options'],
  complete: ['key', 'token', 'value', 'ttl', 'options'],
  release: ['key', 'token', 'options'],
  renew: ['key', 'token', 'lease', 'options'],
  inspect: ['key', 'options'],
};

/**
 * A call of every operation that takes all the arguments given, through `store` or the rule's own
 * client. Called through the interface without its types, as from JavaScript: the point is what a
 * type check does not stop.
 */
export function eachOperation(
  context: RuleContext,
  given: Arguments,
  store: IdempotencyStore = context.store,
): readonly Call[] {
  const right = { key: context.key(), token: context.token(), value: SECRET };
  const all = { ...right, ttl: LONG, lease: LONG, options: undefined, ...given };
  const { key, token, value, ttl, lease, fingerprint, options } = all;
  const request = 'request' in all ? all.request : { token, lease, fingerprint };
  const parts: Readonly<Record<OperationName, readonly unknown[]>> = {
    find: [key, options],
    exists: [key, options],
    store: [key, value, ttl, options],
    remove: [key, options],
    claim: [key, request, options],
    complete: [key, token, value, ttl, options],
    release: [key, token, options],
    renew: [key, token, lease, options],
    inspect: [key, options],
  };
  const calls: Call[] = [];
  for (const name of operationNames) {
    const takesAll = argumentNames(given).every((argument) => TAKES[name].includes(argument));
    if (!takesAll) continue;
    const secrets = [right.token, ...SECRET_WRITTEN];
    calls.push([name, () => Reflect.apply(store[name], store, parts[name]), secrets]);
  }
  return calls;
}

function argumentNames(given: Arguments): (keyof Arguments)[] {
  const names: (keyof Arguments)[] = [
    'key',
    'token',
    'value',
    'ttl',
    'lease',
    'fingerprint',
    'request',
    'options',
  ];
  return names.filter((name) => name in given);
}
