import { SqlServerStore } from '@idem/sqlserver';
import { expect, test } from 'vitest';

// Far below the 30 s after which the pool gives up by itself.
test('a function that never gives a configuration does not hold up connect', async () => {
  const silent = (): Promise<never> => new Promise(() => {});
  await expect(SqlServerStore.connect(silent, { timeout: 500 })).rejects.toMatchObject({
    retryable: true,
  });
}, 15_000);
