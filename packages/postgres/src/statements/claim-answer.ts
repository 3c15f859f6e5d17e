import type { ClaimResult } from '@idem/core';
import { claimResultOf, type SqlRow } from '@idem/core/sql';

/** What the function of a claim answers when it had to be called. */
const CALLED = /^(acquired|in-progress) (\d+)(?: (.+))?$/s;

/** The answer to a claim: the row that was there, or what the function made of the key. */
export function claimOf(rows: readonly SqlRow[], key: string): ClaimResult {
  const row = rows[0];
  const outcome = row?.['outcome'];
  if (row !== undefined && outcome === 'completed') {
    const crc32 = Number(row['number']);
    return claimResultOf([{ ...row, crc32 }], key);
  }
  if (outcome === 'in-progress')
    return claimResultOf([{ ...row, remaining: row?.['number'] }], key);
  const [, called, number, rest = null] = CALLED.exec(String(outcome)) ?? [];
  if (called === 'acquired') {
    return claimResultOf([{ outcome: called, fence: number, takeover: rest === 't' }], key);
  }
  if (called !== undefined) {
    return claimResultOf([{ outcome: called, remaining: number, fingerprint: rest }], key);
  }
  return claimResultOf(rows, key);
}
