import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';

const store = await SqlServerStore.connect(process.env['IDEM_CLIENT_URL'] ?? '', {
  timeout: 40_000,
});
if (process.env['IDEM_HOW'] === 'purging') store.startPurging({ interval: 1_000 });
const key = `lifetime ${process.env['IDEM_HOW']}`;
const { outcome } = await store.claim(key, { token: createToken(), lease: 600_000 });
console.log(outcome);
await store.close();
