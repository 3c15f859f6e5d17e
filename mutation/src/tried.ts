import type { Answer } from './child/messages.ts';
import type { Mutant } from './mutant.ts';

/** A mutant, and what the contract made of it. */
export interface Tried {
  readonly mutant: Mutant;
  readonly answer: Exclude<Answer, { readonly kind: 'absent' | 'undecided' }>;
}
