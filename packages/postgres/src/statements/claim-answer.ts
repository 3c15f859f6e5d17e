import type { ClaimResult } from '@idem/core';
import { claimResultOf, type SqlRow } from '@idem/core/sql';
import { LETTER } from '../schema/functions/claim-answer.ts';

const NUMBER = 1;
const REST = 9;

/** The answer to a claim, from the one value that the function gives. */
export function claimOf(rows: readonly SqlRow[], key: string): ClaimResult {
  const answer = rows[0]?.['outcome'];
  return claimResultOf(answer instanceof Uint8Array ? [rowOf(answer)] : rows, key);
}

function rowOf(bytes: Uint8Array): SqlRow {
  const answer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const letter = String.fromCharCode(answer[0] ?? 0);
  if (letter === LETTER.corrupt) return { outcome: 'corrupt' };
  if (letter === LETTER.raced || answer.length < REST) return { outcome: 'raced' };
  const number = Number(answer.readBigInt64BE(NUMBER));
  if (letter === LETTER.acquired) {
    return { outcome: 'acquired', fence: number, takeover: answer[REST] === 't'.charCodeAt(0) };
  }
  const end = answer.indexOf(0, REST);
  const fingerprint = end > REST ? answer.toString('utf8', REST, end) : null;
  if (letter === LETTER.inProgress) {
    return { outcome: 'in-progress', remaining: number, fingerprint };
  }
  return { outcome: 'completed', crc32: number, fingerprint, value: answer.subarray(end + 1) };
}
