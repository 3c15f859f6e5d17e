/** The other process: opens a client with the harness's module and runs programs on it. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyStore } from '@idem/core';
import { record } from './linearizability/record.ts';
import { longLeasesOnly } from './model/clock.ts';
import { now } from './model/monotonic.ts';
import type { Reply, Request } from './processes/messages.ts';

function reply(message: Reply): void {
  process.send?.(message);
}

async function open(): Promise<IdempotencyStore> {
  const module: { default: () => Promise<IdempotencyStore> } = await import(process.argv[2] ?? '');
  return module.default();
}

async function answer(store: IdempotencyStore, request: Request): Promise<Reply> {
  if (request.kind === 'close') {
    await store.close();
    return { kind: 'closed' };
  }
  const { programs, keys, tokens, begin } = request;
  const names = {
    key: (label: string) => keys.get(label) ?? label,
    token: (label: string) => tokens.get(label) ?? label,
  };
  await sleep(Math.max(0, begin - now()));
  const lanes = programs.map((program) => ({ program, store }));
  const pause = async (by: number): Promise<void> => sleep(by);
  return {
    kind: 'recorded',
    recording: await record(lanes, { clock: longLeasesOnly, names, pause }),
  };
}

function failed(error: unknown): void {
  reply({
    kind: 'failed',
    reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}

// Whoever asked is gone: nobody will ever ask for the close.
process.on('disconnect', () => process.exit());

try {
  const store = await open();
  process.on('message', (request: Request) => {
    answer(store, request).then(reply, failed);
  });
  reply({ kind: 'opened' });
} catch (error) {
  failed(error);
}
