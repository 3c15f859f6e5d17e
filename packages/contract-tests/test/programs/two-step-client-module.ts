import { setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyStore } from '@idem/core';
import { RemoteStore } from '../remote/remote-store.ts';

/** The same with a mistake: renew reads first and writes a moment later what it has read. */
class TwoSteps extends RemoteStore {
  protected override async doRenew(key: string, token: string, lease: number): Promise<boolean> {
    const read = await this.ask<{ readonly state: string }>('inspect', key);
    if (read.state !== 'claimed') return false;
    await sleep(1);
    await this.ask('claim', key, { token, lease });
    return true;
  }
}

export default async function open(): Promise<IdempotencyStore> {
  const { STORE_SERVER_PORT: port } = process.env;
  return new TwoSteps({ port: Number(port) });
}
