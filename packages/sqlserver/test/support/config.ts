import { configOf as serverConfig } from '@idem-workspace/test-servers/sqlserver';
import type { ConnectionConfiguration } from 'tedious';
import type { Address } from './server.ts';

/** Milliseconds; tedious's own 15 s are little for a schema on a slow server of a busy machine. */
const PATIENT = { connectTimeout: 60_000, requestTimeout: 180_000 };

/** tedious's own configuration for the tests' server. */
export function configOf(address: Address): ConnectionConfiguration {
  const config = serverConfig(address);
  return { ...config, options: { ...config.options, ...PATIENT } };
}
