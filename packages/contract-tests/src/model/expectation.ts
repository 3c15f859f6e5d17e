import { allowsInspection, type InspectionExpected, isFence, isWithin } from './inspection.ts';
import type { Interval } from './interval.ts';
import type { Answer } from './operation.ts';

/** What the contract allows as an answer. */
export type Expectation =
  | Extract<Answer, { kind: 'done' | 'boolean' | 'value' | 'completed' }>
  | {
      readonly kind: 'acquired';
      /** The fence must be this one, or at least this one. */
      readonly fence: { readonly exactly: number } | { readonly atLeast: number };
      /** Null where both are right. */
      readonly takeover: boolean | null;
    }
  | {
      readonly kind: 'in-progress';
      readonly fingerprint: string | null;
      readonly leaseRemaining: Interval;
    }
  | { readonly kind: 'inspected'; readonly inspection: InspectionExpected };

export function allows(expected: Expectation, answer: Answer): boolean {
  switch (expected.kind) {
    case 'done':
      return answer.kind === 'done';
    case 'boolean':
    case 'value':
      return answer.kind === expected.kind && answer.value === expected.value;
    case 'completed':
      return (
        answer.kind === 'completed' &&
        answer.value === expected.value &&
        answer.fingerprint === expected.fingerprint
      );
    case 'acquired':
      return (
        answer.kind === 'acquired' &&
        isFence(expected.fence, answer.fence) &&
        (expected.takeover === null || answer.takeover === expected.takeover)
      );
    case 'in-progress':
      return (
        answer.kind === 'in-progress' &&
        answer.fingerprint === expected.fingerprint &&
        isWithin(expected.leaseRemaining, answer.leaseRemaining)
      );
    case 'inspected':
      return (
        answer.kind === 'inspected' && allowsInspection(expected.inspection, answer.inspection)
      );
  }
}
