import type { EncodedRecord } from '../../results/record.ts';

/** How an execution ended, for the call that executed. */
export type Outcome =
  /** Everybody gets the record. */
  | { readonly kind: 'recorded'; readonly record: EncodedRecord }
  /** `recordResult` said no: this call gets the value, and the key is free. */
  | { readonly kind: 'not-kept'; readonly value: unknown }
  /** Nothing was recorded: this call gets the error. */
  | { readonly kind: 'failed'; readonly error: unknown };
