import type { Address } from '@idem-workspace/test-servers/sqlserver';

/** A SQL Server that runs already, as one process tells another. */
export interface GivenAddress extends Address {
  /** True, or why it is not ours to end. */
  readonly canRestart: true | string;
}

export function isGiven(address: unknown): address is GivenAddress {
  return typeof address === 'object' && address !== null && 'canRestart' in address;
}
