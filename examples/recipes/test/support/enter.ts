import { subscribe } from 'node:diagnostics_channel';
import { type DiagnosticEvents, Idempotency } from '@idem/core';
import { RedisStore } from '@idem/redis';
import type { Bank } from '../../src/pay.ts';
import { bankAt } from './bank-client.ts';
import type { Settings } from './programs.ts';

/** What a program has at hand. */
export interface Entered {
  readonly settings: Settings;
  readonly store: RedisStore;
  readonly idempotency: Idempotency;
  readonly bank: Bank;
}

/** Opens what the settings on the command line name, and dies when they say so. */
export async function enter(): Promise<Entered> {
  const settings: Settings = JSON.parse(process.argv[2] ?? '');
  const { redis, prefix, lease, diesRecording } = settings;
  const store = await RedisStore.connect({ url: redis, prefix });
  subscribe('idem:completed', (event) => {
    const { key } = event as DiagnosticEvents['idem:completed'];
    if (diesRecording !== undefined && key.endsWith(`/${diesRecording}`)) {
      process.kill(process.pid, 'SIGKILL');
    }
  });
  // The test's process may be killed as well.
  process.on('disconnect', () => process.exit(0));
  const idempotency = new Idempotency({ store, lease, ttl: 60 * 60 * 1000 });
  return { settings, store, idempotency, bank: bankAt(settings.bank) };
}
