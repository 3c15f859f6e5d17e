import type { Timed } from '@idem/core/adapter';
import { type Kept, sizeOf } from './kept.ts';

/** Somebody is executing. The deadline is the end of the lease. */
export interface Claimed {
  readonly kind: 'claimed';
  readonly token: string;
  readonly fingerprint: string | null;
  readonly fence: number;
  readonly takeover: boolean;
  /** When it was acquired, in milliseconds by the store's clock; renewals do not change it. */
  readonly since: number;
}

/** A claim whose lease ended: vacant, and remembered for the takeover. The deadline is when it is forgotten. */
export interface Lapsed {
  readonly kind: 'lapsed';
}

/** There is a result. The deadline is its expiry. */
export interface Completed {
  readonly kind: 'completed';
  readonly value: Kept;
  /** Null when `store` made the record. */
  readonly token: string | null;
  readonly fingerprint: string | null;
}

export type State = Claimed | Lapsed | Completed;

export interface MemoryRecord extends Timed {
  readonly key: string;
  state: State;
  bytes: number;
}

/** What a record costs beside its strings and its value, in bytes: map, heap and objects, as measured on V8. */
export const RECORD_BYTES = 200;

/**
 * What a claim sets aside for its result, in bytes, so that recording a small one always finds
 * room: by then the work is done, and a refusal comes too late to be harmless.
 */
export const RESULT_RESERVE = 1024;

/** What a record counts against `maxBytes`; a string counts two bytes for each UTF-16 unit. */
export function bytesOf(key: string, state: State): number {
  const base = RECORD_BYTES + 2 * key.length;
  if (state.kind === 'lapsed') return base;
  const strings = 2 * ((state.token?.length ?? 0) + (state.fingerprint?.length ?? 0));
  return base + strings + (state.kind === 'claimed' ? RESULT_RESERVE : sizeOf(state.value));
}

/** A string of its own: one cut from a larger string keeps all of that alive, unseen by `maxBytes`. */
export function ownString(text: string): string {
  // A UTF-16 unit takes three bytes at most.
  if (text.length * 3 > scratch.byteLength) return Buffer.from(text, 'utf8').toString('utf8');
  return scratch.toString('utf8', 0, scratch.write(text, 'utf8'));
}

const scratch: Buffer = Buffer.allocUnsafeSlow(3 * 256);
