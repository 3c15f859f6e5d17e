import {
  BY_ITSELF,
  countFromNow,
  lasting,
  micros,
  sound,
  soundMillisUntil,
  WRITTEN,
} from '../fragments.ts';
import { ANSWER, acquired, inProgress } from './claim-answer.ts';
import type { StoreFunction } from './function.ts';

/**
 * A claim of a key that is, as far as anybody saw, vacant. A fresh key is one insert; where there is a
 * row it is locked, and judged by a clock that is read after the wait. The fence is past the remembered
 * one whatever the clock says.
 *
 * What was completed in between any reader sees, so it is `raced`, and asked again.
 */
export const claim: StoreFunction = {
  name: 'claim',
  parameters: ['p_key bytea', 'p_token_hash bytea', 'p_lease bigint', 'p_fingerprint text'],
  returns: 'bytea',
  declares: ['v_row record', 'v_fence bigint'],
  body: ({ quotedTable }) => `${BY_ITSELF}
  FOR v_round IN 1..100 LOOP
    v_now := clock_timestamp();
    v_fence := ${micros('v_now')};
    INSERT INTO ${quotedTable} (key, state, token_hash, fence, takeover, ends_at, fingerprint)
    VALUES (p_key, 'claimed', p_token_hash, v_fence, false, v_now + ${lasting('p_lease')}, p_fingerprint)
    ON CONFLICT (key) DO NOTHING;
    IF FOUND THEN
      ${countFromNow(quotedTable, 'p_lease')}
      RETURN ${acquired('v_fence')};
    END IF;
    SELECT r.state, r.token_hash, r.fence, r.takeover, r.ends_at, r.fingerprint, ${sound} AS sound
    INTO v_row FROM ${quotedTable} r WHERE r.key = p_key FOR NO KEY UPDATE;
    -- The purge was in between.
    CONTINUE WHEN NOT FOUND;
    v_now := clock_timestamp();
    IF NOT v_row.sound THEN
      RETURN ${ANSWER.corrupt};
    ELSIF v_row.state = 'completed' AND v_row.ends_at > v_now THEN
      RETURN ${ANSWER.raced};
    ELSIF v_row.state = 'claimed' AND v_row.ends_at > v_now AND v_row.token_hash <> p_token_hash THEN
      RETURN ${inProgress(soundMillisUntil('v_row.ends_at', 'v_now'), 'v_row')};
    ELSIF v_row.state = 'claimed' AND v_row.ends_at > v_now THEN
      UPDATE ${quotedTable} r SET ends_at = v_now + ${lasting('p_lease')} WHERE r.key = p_key;
      ${WRITTEN}
      RETURN ${acquired('v_row.fence', 'v_row.takeover')};
    ELSE
      v_fence := greatest(v_row.fence + 1, ${micros('v_now')});
      UPDATE ${quotedTable} r
      SET state = 'claimed', token_hash = p_token_hash, fence = v_fence, takeover = v_row.state = 'claimed',
        ends_at = v_now + ${lasting('p_lease')}, fingerprint = p_fingerprint, value = NULL, value_crc32 = NULL
      WHERE r.key = p_key;
      ${WRITTEN}
      RETURN ${acquired('v_fence', "v_row.state = 'claimed'")};
    END IF;
  END LOOP;
  -- Neither can it be inserted nor is it there: something keeps the row from us.
  RAISE EXCEPTION SQLSTATE 'IDM02';`,
};
