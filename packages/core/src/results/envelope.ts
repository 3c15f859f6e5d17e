import { IdempotencyError } from '../contract/errors.ts';
import { show } from '../support/show.ts';
import type { CodecContext } from './codec.ts';

type Kind = CodecContext['kind'];

/** What a record of the executor begins with: readable for an operator, and nothing else's bytes by chance. */
const HEADERS: Readonly<Record<Kind, Buffer>> = {
  value: Buffer.from('idem1:value:'),
  error: Buffer.from('idem1:error:'),
};

/** The bytes of a record: `idem1:value:` or `idem1:error:`, and what the codec made. */
export function seal(kind: Kind, payload: Uint8Array): Uint8Array {
  return Buffer.concat([HEADERS[kind], payload]);
}

/**
 * What the codec made, in bytes of their own. Refuses, with `IDEM_RESULT_UNDECODABLE`, a record that
 * no executor, or a newer one, wrote.
 */
export function unseal(key: string, record: Uint8Array): { kind: Kind; payload: Uint8Array } {
  for (const kind of ['value', 'error'] as const) {
    const header = HEADERS[kind];
    if (header.equals(record.subarray(0, header.byteLength))) {
      return { kind, payload: new Uint8Array(record.subarray(header.byteLength)) };
    }
  }
  const newer = /^idem\d+:/.test(Buffer.from(record.subarray(0, 16)).toString('latin1'));
  throw new IdempotencyError(
    'IDEM_RESULT_UNDECODABLE',
    `The record at ${show(key)} ${newer ? 'was written in a form this version does not know; update @idem/core' : 'was not written by the executor; remove it, or use another key or scope'}.`,
  );
}
