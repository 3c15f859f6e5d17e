import { refuse } from '@idem/core/adapter';
import type { RedisClient } from './client.ts';

/** Replicas that must acknowledge every claim and every completion. */
export interface ReplicaOptions {
  /** How many of them, at least 1. */
  readonly count: number;
  /** How long to wait for them, in milliseconds. */
  readonly timeout: number;
}

export interface RedisStoreSettings {
  /** Stands before every key. Default `idempotency:`. The client's own `keyPrefix` comes before it. */
  readonly prefix?: string | undefined;
  /** How long an operation may take, repetitions after transient faults included, in milliseconds. Default 5,000. */
  readonly timeout?: number | undefined;
  /** Wait for replicas after a claim and a completion; without it, none is waited for. */
  readonly replicas?: ReplicaOptions | undefined;
}

export interface RedisStoreOptions extends RedisStoreSettings {
  /** An ioredis `Redis` or `Cluster`. It stays the application's: never closed, never reconfigured. */
  readonly client: RedisClient;
}

export interface CheckedSettings {
  readonly prefix: string;
  readonly timeout: number;
  readonly replicas: ReplicaOptions | undefined;
}

/** setTimeout keeps no longer delay (2^31 - 1 ms). */
const LONGEST = 2_147_483_647;

/** Refuses bad settings with `IDEM_INVALID_OPTIONS`. */
export function checkSettings(settings: RedisStoreSettings): CheckedSettings {
  const { prefix = 'idempotency:', timeout = 5_000, replicas } = settings;
  if (typeof prefix !== 'string' || !prefix.isWellFormed()) {
    refuse('IDEM_INVALID_OPTIONS', prefix, 'a well-formed string', 'option prefix');
  }
  checkWhole(timeout, LONGEST, 'option timeout, in milliseconds,');
  if (replicas !== undefined) {
    if (typeof replicas !== 'object' || replicas === null) {
      refuse('IDEM_INVALID_OPTIONS', replicas, 'an object { count, timeout }', 'option replicas');
    }
    checkWhole(replicas.count, 1_000, 'option replicas.count');
    checkWhole(replicas.timeout, LONGEST, 'option replicas.timeout, in milliseconds,');
    if (replicas.timeout >= timeout) {
      const what = `less than the timeout of the whole operation (${timeout} ms)`;
      refuse('IDEM_INVALID_OPTIONS', replicas.timeout, what, 'option replicas.timeout');
    }
  }
  return { prefix, timeout, replicas };
}

function checkWhole(value: unknown, most: number, name: string): void {
  if (!Number.isSafeInteger(value) || Number(value) < 1 || Number(value) > most) {
    refuse('IDEM_INVALID_OPTIONS', value, `a whole number from 1 to ${most}`, name);
  }
}
