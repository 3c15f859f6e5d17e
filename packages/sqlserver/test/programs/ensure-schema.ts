/** One of many processes that create the schema as they start. */
import { SqlServerStore } from '@idem/sqlserver';

const store = await SqlServerStore.connect(process.env['IDEM_CLIENT_URL'] ?? '', {
  timeout: 120_000,
});
await store.ensureSchema();
console.log(await store.exists('any'));
await store.close();
