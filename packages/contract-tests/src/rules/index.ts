import type { Rule } from '../rule.ts';
import { claimRules } from './claim.ts';

/** Every rule of the contract, in the order in which reports show them. */
export const rules: readonly Rule[] = [...claimRules];
