import type { EncodedRecord } from '../../results/record.ts';
import type { Attempt } from './attempt.ts';

/** How an execution ended, for the call that executed. */
export type Outcome =
  /** Everybody gets the record. */
  | { readonly kind: 'recorded'; readonly record: EncodedRecord }
  /** `recordResult` said no: this call gets the value, and the key is free. */
  | { readonly kind: 'not-kept'; readonly value: unknown }
  /** Nothing was recorded: this call gets the error. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** How a call ends that was not rejected. */
export type Settlement =
  | { readonly kind: 'executed'; readonly attempt: Attempt; readonly outcome: Outcome }
  | { readonly kind: 'replayed'; readonly bytes: Uint8Array }
  /** The store did not answer, and the policy is to run without it. */
  | { readonly kind: 'unreachable' };

/** Told how a call ends; undefined when it must begin anew. */
export type Take = (settlement: Settlement | undefined) => void;

/** Told the error that a call rejects with. */
export type Fail = (error: unknown) => void;
