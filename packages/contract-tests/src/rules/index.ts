import type { Rule } from '../rule.ts';
import { claimRules } from './claim.ts';
import { fenceRules } from './fences.ts';
import { findStoreRules } from './find-store.ts';
import { takeoverRules } from './takeovers.ts';

/** Every rule of the contract, in the order in which reports show them. */
export const rules: readonly Rule[] = [
  ...findStoreRules,
  ...claimRules,
  ...fenceRules,
  ...takeoverRules,
];
