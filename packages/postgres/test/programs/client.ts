import { PostgresStore } from '@idem/postgres';

const url = process.env['IDEM_CLIENT_URL'];
if (url === undefined) throw new Error('IDEM_CLIENT_URL is not set');
const target = url;

/** The contract's client in another process. */
export default (): Promise<PostgresStore> => PostgresStore.connect(target);
