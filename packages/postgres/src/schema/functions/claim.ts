import { micros, millisUntil, sound } from '../fragments.ts';
import type { StoreFunction } from './function.ts';

/**
 * A claim of a key that is, as far as anybody saw, vacant. A fresh key is one insert; where there is a
 * row it is locked, and judged by a clock that is read after the wait. The fence is past the remembered
 * one whatever the clock says.
 *
 * The columns are called as the answers are read, so the row's own always have their `r.`.
 */
export const claim: StoreFunction = {
  name: 'claim',
  parameters: ['p_key bytea', 'p_token_hash bytea', 'p_lease bigint', 'p_fingerprint text'],
  returns: [
    'outcome text',
    'o_fence bigint',
    'o_takeover boolean',
    'o_fingerprint text',
    'o_remaining bigint',
    'o_value bytea',
    'o_crc32 integer',
  ],
  declares: ['v_row record'],
  body: ({ quotedTable }) => `LOOP
    v_now := clock_timestamp();
    o_fence := ${micros('v_now')};
    INSERT INTO ${quotedTable} (key, state, token_hash, fence, takeover, ends_at, fingerprint)
    VALUES (p_key, 'claimed', p_token_hash, o_fence, false, v_now + p_lease * interval '1 ms', p_fingerprint)
    ON CONFLICT (key) DO NOTHING;
    IF FOUND THEN
      outcome := 'acquired';
      o_takeover := false;
      RETURN;
    END IF;
    SELECT r.state, r.token_hash, r.fence, r.takeover, r.ends_at, r.fingerprint, ${sound} AS sound
    INTO v_row FROM ${quotedTable} r WHERE r.key = p_key FOR NO KEY UPDATE;
    -- The purge was in between.
    CONTINUE WHEN NOT FOUND;
    v_now := clock_timestamp();
    IF NOT v_row.sound THEN
      outcome := 'corrupt';
    ELSIF v_row.state = 'completed' AND v_row.ends_at > v_now THEN
      outcome := 'completed';
      SELECT r.fingerprint, r.value, r.value_crc32 INTO o_fingerprint, o_value, o_crc32
      FROM ${quotedTable} r WHERE r.key = p_key;
    ELSIF v_row.state = 'claimed' AND v_row.ends_at > v_now AND v_row.token_hash <> p_token_hash THEN
      outcome := 'in-progress';
      o_fingerprint := v_row.fingerprint;
      o_remaining := ${millisUntil('v_row.ends_at', 'v_now')};
    ELSIF v_row.state = 'claimed' AND v_row.ends_at > v_now THEN
      outcome := 'acquired';
      o_fence := v_row.fence;
      o_takeover := v_row.takeover;
      UPDATE ${quotedTable} r SET ends_at = v_now + p_lease * interval '1 ms' WHERE r.key = p_key;
    ELSE
      outcome := 'acquired';
      o_fence := greatest(v_row.fence + 1, ${micros('v_now')});
      o_takeover := v_row.state = 'claimed';
      UPDATE ${quotedTable} r
      SET state = 'claimed', token_hash = p_token_hash, fence = o_fence, takeover = o_takeover,
        ends_at = v_now + p_lease * interval '1 ms', fingerprint = p_fingerprint, value = NULL, value_crc32 = NULL
      WHERE r.key = p_key;
    END IF;
    RETURN;
  END LOOP;`,
};
