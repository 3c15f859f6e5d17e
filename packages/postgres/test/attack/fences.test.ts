import { createToken } from '@idem/core';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';

const LEASE = 600_000;
/** As of a clock that has been stepped back by a day since, in microseconds. */
const A_DAY = 86_400_000_000n;

describeWithTable('fences when the clock of the server stepped back', (at) => {
  test.each(['completed', 'claimed', 'vacant'])(
    'the next after one that is %s is greater',
    async (was) => {
      const store = await at.open();
      const token = createToken();
      await store.claim(was, { token, lease: LEASE });
      if (was === 'completed') await store.complete(was, token, new Uint8Array(1), LEASE);
      if (was === 'vacant') await store.release(was, token);
      const fences = await at.query<{ fence: string }>(
        `UPDATE ${at.table} SET fence = fence + ${A_DAY}, ends_at = now() - interval '1 second'
         WHERE key = $1 RETURNING fence`,
        [Buffer.from(was)],
      );
      const claimed = await store.claim(was, { token: createToken(), lease: LEASE });
      const fence = Number(fences[0]?.fence) + 1;
      expect(claimed).toEqual({ outcome: 'acquired', fence, takeover: was === 'claimed' });
    },
  );
});
