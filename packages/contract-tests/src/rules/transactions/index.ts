import type { Rule } from '../../rule.ts';
import { transactionArgumentRules } from './arguments.ts';
import { companyRules } from './company.ts';
import { holderRules } from './holders.ts';
import { momentRules } from './moments.ts';
import { overRules } from './over.ts';
import { visibilityRules } from './visibility.ts';
import { waitRules } from './waits.ts';

/** Records that are written in the application's own transactions. */
export const transactionRules: readonly Rule[] = [
  ...visibilityRules,
  ...holderRules,
  ...overRules,
  ...companyRules,
  ...transactionArgumentRules,
  ...momentRules,
  ...waitRules,
];
