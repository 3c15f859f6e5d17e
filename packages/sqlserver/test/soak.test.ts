import { expect, test } from 'vitest';
import { urlOf } from './support/server.ts';
import { soak } from './support/soak.ts';
import { describeWithTable } from './support/table.ts';

// A minute of the same: pnpm --filter @idem/sqlserver soak
describeWithTable('two processes with 32 claimants each', (at) => {
  test('never hold a key together and never get a wrong answer', async () => {
    await at.open();
    const url = urlOf(at.address, at.table, { timeout: 60_000, poolSize: 4 });
    const { holdings, errors } = await soak(url, 3);
    expect(errors).toEqual([]);
    expect(holdings.length).toBeGreaterThan(0);
  }, 120_000);
});
