import { SqliteStore } from '../src/store.ts';

export default async (): Promise<SqliteStore> =>
  new SqliteStore(process.env.IDEM_SQLITE_FILE ?? '');
