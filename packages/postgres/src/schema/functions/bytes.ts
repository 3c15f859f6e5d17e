import { countFromNow, lasting, micros, sound, WRITTEN } from '../fragments.ts';
import type { StoreFunction } from './function.ts';
import { IN_TRANSACTION_OR_NONE } from './holder.ts';

/** `store`: replaces whatever sound row is there, and remembers its fence. */
export const store: StoreFunction = {
  name: 'store',
  parameters: [
    'p_key bytea',
    'p_value bytea',
    'p_crc32 integer',
    'p_ttl bigint',
    'p_transaction text',
  ],
  returns: 'text',
  body: ({ quotedTable }) => `${IN_TRANSACTION_OR_NONE}
  v_now := clock_timestamp();
  -- What follows SET is evaluated when the row is locked, so the clock is read anew.
  INSERT INTO ${quotedTable} AS r (key, state, fence, takeover, ends_at, value, value_crc32)
  VALUES (p_key, 'completed', 0, false, v_now + ${lasting('p_ttl')}, p_value, p_crc32)
  ON CONFLICT (key) DO UPDATE
  SET state = 'completed', token_hash = NULL, takeover = false, fingerprint = NULL,
    value = p_value, value_crc32 = p_crc32, ends_at = clock_timestamp() + ${lasting('p_ttl')}
  WHERE ${sound};
  IF FOUND THEN
    ${countFromNow(quotedTable, 'p_ttl')}
    RETURN 'done';
  END IF;
  PERFORM FROM ${quotedTable} r WHERE r.key = p_key AND NOT ${sound};
  ${WRITTEN}
  RETURN 'corrupt';`,
};

/**
 * `remove`: the row stays, vacant, and remembers its fence until the purge. It is also the remedy
 * for a corrupt row, whose fence is kept only if it can be one. A claim that has lapsed is left as it
 * is: the key is vacant, and whoever claims it next must be told of the takeover.
 */
export const remove: StoreFunction = {
  name: 'remove',
  parameters: ['p_key bytea', 'p_transaction text'],
  returns: 'text',
  declares: ['v_lapses timestamptz'],
  body: ({ quotedTable }) => `${IN_TRANSACTION_OR_NONE}
  SELECT CASE WHEN r.state = 'claimed' AND ${sound} THEN r.ends_at END INTO v_lapses
  FROM ${quotedTable} r WHERE r.key = p_key FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'done'; END IF;
  v_now := clock_timestamp();
  IF v_lapses <= v_now THEN RETURN 'done'; END IF;
  UPDATE ${quotedTable} r
  SET state = 'vacant', token_hash = NULL, takeover = false, fingerprint = NULL, value = NULL, value_crc32 = NULL,
    ends_at = v_now, fence = CASE WHEN r.fence BETWEEN 0 AND 9007199254740990 THEN r.fence ELSE ${micros('v_now')} END
  WHERE r.key = p_key;
  ${WRITTEN}
  RETURN 'done';`,
};
