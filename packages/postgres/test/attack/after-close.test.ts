import { PostgresStore } from '@idem/postgres';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';

describeWithTable('after close', (at) => {
  test.each(['purgeExpired', 'ensureSchema', 'startPurging', 'diagnose'] as const)(
    '%s is refused, though the pool lives on',
    async (operation) => {
      const store = new PostgresStore({ pool: at.pool, table: at.table });
      await store.close();
      await expect((async () => store[operation]())()).rejects.toMatchObject({
        code: 'IDEM_STORE_CLOSED',
      });
    },
  );
});
