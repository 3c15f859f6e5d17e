import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';

const how = process.env['IDEM_HOW'];
const store = await PostgresStore.connect(process.env['IDEM_CLIENT_URL'] ?? '', {
  timeout: 60_000,
});
if (how === 'purging') store.startPurging({ interval: 1_000 });
const { outcome } = await store.claim(`lifetime ${how}`, { token: createToken(), lease: 600_000 });
console.log(outcome);
// One that is forgotten, with idle connections, ends too.
if (how !== 'forgotten') await store.close();
