import type { IdempotencyStore } from '@idem/core';
import { RemoteStore } from '../remote/remote-store.ts';

/** What another process opens its client with. */
export default async function open(): Promise<IdempotencyStore> {
  const { STORE_SERVER_PORT: port } = process.env;
  return new RemoteStore({ port: Number(port) });
}
