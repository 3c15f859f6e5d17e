import type { IdempotencyStore } from '@idem/core';

/** What rules call, of which it is taken down which rule calls it. */
export const OPERATIONS = [
  ...(['find', 'exists', 'store', 'remove', 'claim'] as const),
  ...(['complete', 'release', 'renew', 'inspect'] as const),
] as const satisfies readonly (keyof IdempotencyStore)[];

const names: ReadonlySet<string> = new Set(OPERATIONS);

export function isOperation(name: string): boolean {
  return names.has(name);
}
