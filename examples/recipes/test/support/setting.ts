import { randomUUID } from 'node:crypto';
import { beforeEach, inject } from 'vitest';
import { BankServer } from './bank-server.ts';
import type { Settings } from './programs.ts';

/** Long enough for a busy machine to renew it, short enough to wait for. */
const LEASE = 5_000;

export interface Setting extends AsyncDisposable {
  readonly bank: BankServer;
  readonly settings: Settings;
}

/** A bank, and a place in Redis where nobody else is. */
export async function setTheScene(): Promise<Setting> {
  const redis = inject('redis');
  if ('absent' in redis) throw new Error(redis.absent);
  const bank = await BankServer.start();
  const prefix = `recipes:${randomUUID()}:`;
  const settings = { redis: redis.url, prefix, bank: bank.url, lease: LEASE };
  return { bank, settings, [Symbol.asyncDispose]: () => bank[Symbol.asyncDispose]() };
}

/** Skips, with the reason, where there is no Redis. */
export function needsRedis(): void {
  beforeEach(({ skip }) => {
    const redis = inject('redis');
    skip('absent' in redis, 'absent' in redis ? redis.absent : undefined);
  });
}
