import { IdempotencyError } from '@idem/core';
import { refuse } from '@idem/core/adapter';
import type { Kysely } from 'kysely';
import type { SchemaNames } from './schema/names.ts';

export interface SqlServerSettings extends SchemaNames {
  /** Milliseconds that one operation may take, repetitions after transient faults included. Default 10,000. */
  readonly timeout?: number | undefined;
}

export interface SqlServerStoreOptions<DB> extends SqlServerSettings {
  /** Your Kysely instance with the MssqlDialect. The store never destroys it. */
  readonly db: Kysely<DB>;
}

const DEFAULT_TIMEOUT = 10_000;
const LONGEST_TIMEOUT = 600_000;

/** Refuses, with `IDEM_INVALID_OPTIONS`, what is not whole milliseconds from 1 to ten minutes. */
export function timeoutOf({ timeout = DEFAULT_TIMEOUT }: SqlServerSettings): number {
  if (!Number.isSafeInteger(timeout) || timeout < 1 || timeout > LONGEST_TIMEOUT) {
    refuse('IDEM_INVALID_OPTIONS', timeout, 'whole milliseconds, 1 to 600,000', 'option timeout');
  }
  return timeout;
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, what is no Kysely instance. */
export function checkDatabase(db: unknown): void {
  if (typeof db === 'object' && db !== null && 'getExecutor' in db) return;
  throw new IdempotencyError(
    'IDEM_INVALID_OPTIONS',
    'new SqlServerStore needs { db }, a Kysely instance with the MssqlDialect; SqlServerStore.connect(url) opens one itself.',
  );
}
