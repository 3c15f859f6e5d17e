/** What every example serves: payments, each of an account. */
import { once } from 'node:events';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';

export const idempotency: Idempotency = new Idempotency({
  store: new MemoryStore(), // or RedisStore, SqlServerStore: shared by all your servers
  ttl: 24 * 60 * 60 * 1000,
});

export interface Payment {
  readonly receipt: string;
  readonly amount: number;
}

const payments: Payment[] = [];

/** Charges whenever it is called: that it is called once is not its affair. */
export async function charge(amount: number): Promise<Payment> {
  const payment = { receipt: `R-${payments.length + 1}`, amount };
  payments.push(payment);
  return payment;
}

/** Stands for your authentication: whose request it is. Never what the request merely claims. */
export function accountOf({ authorization }: IncomingHttpHeaders): string {
  const [, account] = /^Bearer (\w+)$/.exec(authorization ?? '') ?? [];
  return account ?? 'nobody';
}

/** A server that runs. */
export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

export async function listen(server: Server, port: number): Promise<Running> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
