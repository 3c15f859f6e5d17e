import { BY_ITSELF, isHeld, lasting, MOMENT, sound, TRANSACTION, WRITTEN } from '../fragments.ts';
import type { Names } from '../names.ts';
import type { StoreFunction } from './function.ts';

/** What a statement in a transaction proves first: that it is still that one. Null outside of any. */
export const IN_TRANSACTION: string = `IF p_transaction <> ${TRANSACTION} THEN RETURN 'no-transaction'; END IF;`;

/** The same, and of one that must be in none that it is. */
export const IN_TRANSACTION_OR_NONE: string = `IF p_transaction IS NULL THEN
    ${BY_ITSELF}
  END IF;
  ${IN_TRANSACTION}`;

const ROW = ['v_row record'] as const;

/** Locks the row, and reads the clock when it has it. */
function lock({ quotedTable }: Names): string {
  return `SELECT r.state, r.token_hash, r.ends_at, ${sound} AS sound
  INTO v_row FROM ${quotedTable} r WHERE r.key = p_key FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'not-held'; END IF;
  IF NOT v_row.sound THEN RETURN 'corrupt'; END IF;
  v_now := clock_timestamp();`;
}

const HELD =
  "v_row.state = 'claimed' AND v_row.token_hash = p_token_hash AND v_row.ends_at > v_now";

/** What must be left of a lease, so that a completion can do without a lock before its update. */
const AMPLE = "interval '1 second'";

/**
 * The usual completion: one update of a claim whose lease has ample time left. Its condition was judged
 * by a clock from before it may have waited for a lock, so the clock is read again: where all that
 * time was not enough, nothing is known of the lease, and the statement is rolled back and sent again
 * ('IDM01'). Not in a transaction of the user's, which that would doom.
 */
function atOnce({ quotedTable }: Names): string {
  return `IF p_transaction IS NULL THEN
    ${BY_ITSELF}
    v_now := clock_timestamp();
    UPDATE ${quotedTable} r
    SET state = 'completed', value = p_value, value_crc32 = p_crc32, ends_at = v_now + ${lasting('p_ttl')}
    WHERE r.key = p_key AND ${isHeld('p_token_hash', `v_now + ${AMPLE}`)};
    IF FOUND THEN
      v_done := clock_timestamp();
      IF v_done > v_now + ${MOMENT} THEN
        IF v_done > v_now + ${AMPLE} THEN RAISE EXCEPTION SQLSTATE 'IDM01'; END IF;
        UPDATE ${quotedTable} r SET ends_at = v_done + ${lasting('p_ttl')} WHERE r.key = p_key;
      END IF;
      RETURN 'done';
    END IF;
  END IF;`;
}

/**
 * `complete`: only the token that holds the claim. The token that completed it before is told so,
 * because in a transaction that is a different answer: the record is not of that transaction.
 */
export const complete: StoreFunction = {
  name: 'complete',
  parameters: [
    'p_key bytea',
    'p_token_hash bytea',
    'p_value bytea',
    'p_crc32 integer',
    'p_ttl bigint',
    'p_transaction text',
  ],
  returns: 'text',
  declares: [...ROW, 'v_done timestamptz'],
  body: (names) => `${atOnce(names)}
  ${IN_TRANSACTION}
  ${lock(names)}
  IF ${HELD} THEN
    UPDATE ${names.quotedTable} r
    SET state = 'completed', value = p_value, value_crc32 = p_crc32, ends_at = v_now + ${lasting('p_ttl')}
    WHERE r.key = p_key;
    ${WRITTEN}
    RETURN 'done';
  END IF;
  IF v_row.state = 'completed' AND v_row.token_hash = p_token_hash AND v_row.ends_at > v_now THEN
    RETURN 'done-before';
  END IF;
  RETURN 'not-held';`,
};

/**
 * `release`: the row stays and remembers its fence and the token, by which a release that is
 * repeated after a lost reply knows itself.
 */
export const release: StoreFunction = {
  name: 'release',
  parameters: ['p_key bytea', 'p_token_hash bytea'],
  returns: 'text',
  declares: ROW,
  body: (names) => `${lock(names)}
  IF ${HELD} THEN
    UPDATE ${names.quotedTable} r SET state = 'vacant', fingerprint = NULL, ends_at = v_now
    WHERE r.key = p_key;
    ${WRITTEN}
    RETURN 'done';
  END IF;
  IF v_row.state = 'vacant' AND v_row.token_hash = p_token_hash THEN RETURN 'released-before'; END IF;
  RETURN 'not-held';`,
};

/** `renew`: the lease starts anew from now. */
export const renew: StoreFunction = {
  name: 'renew',
  parameters: ['p_key bytea', 'p_token_hash bytea', 'p_lease bigint'],
  returns: 'text',
  declares: ROW,
  body: (names) => `${lock(names)}
  IF NOT (${HELD}) THEN RETURN 'not-held'; END IF;
  UPDATE ${names.quotedTable} r SET ends_at = v_now + ${lasting('p_lease')}
  WHERE r.key = p_key;
  ${WRITTEN}
  RETURN 'done';`,
};

/**
 * In a transaction of the user's, before the function is called: which transaction that is, and, where
 * its snapshot is of its beginning, the claim's row locked. A renewal beside such a transaction would
 * change the row after the snapshot, and every completion would fail (40001); a row that is locked is
 * not taken over, so the transaction itself is the lease.
 */
export const hold: StoreFunction = {
  name: 'hold',
  parameters: ['p_key bytea', 'p_token_hash bytea', 'p_lease bigint'],
  returns: ['outcome text', 'o_transaction text'],
  body: (names) => `v_now := NULL;
  o_transaction := ${TRANSACTION};
  IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted') THEN
    outcome := 'not-needed';
  ELSE
    outcome := ${names.function('renew')}(p_key, p_token_hash, p_lease);
  END IF;`,
};
