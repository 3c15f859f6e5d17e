import type { EncodedRecord } from '../../results/record.ts';
import type { Answer } from '../run/attempt.ts';

/** How far the work of the transaction got, in its last turn. */
export type Progress =
  | { readonly step: 'idle' }
  | { readonly step: 'running' }
  | { readonly step: 'threw'; readonly error: unknown }
  | { readonly step: 'unencodable'; readonly error: unknown }
  /** The function is done, and its record was sent into the transaction. */
  | { readonly step: 'completing' }
  | { readonly step: 'not-completed'; readonly error: unknown }
  /** The record is in the transaction: the commit decides. */
  | { readonly step: 'completed'; readonly record: EncodedRecord; readonly at: number }
  /** The claim is not held any more. */
  | { readonly step: 'refused' }
  /** Begun again after a turn whose commit nobody confirmed, and the store says what became of that. */
  | { readonly step: 'decided'; readonly record: EncodedRecord; readonly answer: Answer };

/** Thrown to roll the transaction back; never seen outside. */
export class Rollback extends Error {
  constructor() {
    super(
      'idem rolls this transaction back: its claim is not held, or its record is there already.',
    );
    this.name = 'IdempotencyRollback';
  }
}
