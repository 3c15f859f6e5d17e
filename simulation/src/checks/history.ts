import type { Claim, Row } from '../store/database.ts';

/**
 * True when whoever executes next must be told of a takeover: a function began under an earlier
 * claim that lapsed, and nothing has been recorded or removed since. A release settles only its own claim.
 */
export function takeoverIsOwed(row: Row, next: Claim, began: (claim: Claim) => boolean): boolean {
  let owed = false;
  for (const claim of row.claims) {
    if (claim.fence >= next.fence) break;
    if (claim.fate === 'recorded' || claim.fate === 'removed') owed = false;
    else if (claim.fate === 'lapsed' && began(claim)) owed = true;
  }
  return owed;
}

/** True when somebody held the key at some time between. */
export function wasClaimed(row: Row, from: number, to: number): boolean {
  return row.claims.some(({ since, until }) => since <= to && until >= from);
}

/**
 * True when a claim with another fingerprint was there at some time between, or a record was since
 * the answer may have been given.
 */
export function hadOtherFingerprint(
  row: Row,
  own: string,
  [answered, from, to]: readonly [number, number, number],
): boolean {
  const differs = (claim: Claim): boolean =>
    claim.fingerprint !== null && claim.fingerprint !== own;
  return (
    row.claims.some((claim) => differs(claim) && claim.since <= to && claim.until >= from) ||
    row.records.some(({ claim, since, end }) => differs(claim) && since <= to && end >= answered)
  );
}

/** True when a record of the claim was there at some time between. */
export function wasRecorded(row: Row, claim: Claim, from: number, to: number): boolean {
  return row.records.some(
    (record) => record.claim.token === claim.token && record.since <= to && record.end >= from,
  );
}
