import { createToken } from '@idem/core';
import type { Names } from './perform.ts';

/** Fresh keys and tokens for the labels of one run. `key` makes a key that nobody else uses. */
export function freshNames(key: (label: string) => string): Names {
  const keys = new Map<string, string>();
  const tokens = new Map<string, string>();
  return {
    key: (label) => remembered(keys, label, () => key(label)),
    token: (label) => remembered(tokens, label, createToken),
  };
}

function remembered(known: Map<string, string>, label: string, make: () => string): string {
  const name = known.get(label) ?? make();
  known.set(label, name);
  return name;
}
