import { LAPSED_CLAIM_MEMORY } from '@idem/core/adapter';

/*
 * The parts of a record's line that a client makes, once for an operation; lua/layout.lua says what
 * the line is, and the scripts make the rest of it.
 */

/** With what a completed record begins. */
export const DONE = 'idem1 done ';

/**
 * How much longer Redis keeps a key than its claim holds, in milliseconds: a lapsed claim is
 * remembered. Scripts take it away from what is left of the key.
 */
export const CLAIM_KEPT: number = LAPSED_CLAIM_MEMORY + 1;

/** The rest of a claim's line, from its token. */
export function claimRest(token: string, fingerprint: string | null): string {
  return `${token} ${fingerprint ?? ''}\n`;
}

/** How the line of a completed record ends. */
export function completedEnd(bytes: number): string {
  return ` ${bytes}\n`;
}

/** The same after its fence, for one without token and fingerprint. */
export function storedEnd(bytes: number): string {
  return `  ${completedEnd(bytes)}`;
}
