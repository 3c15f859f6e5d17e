import type { ConnectionConfiguration } from 'tedious';
import type { Address } from './server.ts';

/** tedious's own configuration for the tests' server. */
export function configOf(address: Address): ConnectionConfiguration {
  const { host, port, user, password, database, encrypt } = address;
  return {
    server: host,
    authentication: { type: 'default', options: { userName: user, password } },
    options: { port, database, encrypt, trustServerCertificate: true },
  };
}
