import type { Rule } from '../rule.ts';
import { family } from './family.ts';
import { LONG } from './material.ts';

const { rule } = family('claim');

export const claimRules: readonly Rule[] = [
  rule('vacant-is-acquired', 'A claim of a vacant key is acquired.', async (context) => {
    const { store, expect } = context;
    const result = await store.claim(context.key(), { token: context.token(), lease: LONG });
    expect.acquired('the first claim of a new key', result);
  }),
];
