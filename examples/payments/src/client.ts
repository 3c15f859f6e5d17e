import { idempotentFetch } from '@idem/http/client';
import type { Order } from './payment.ts';
import type { PaymentServer } from './server.ts';

export interface PaymentRequest {
  readonly key: string;
  readonly order: Order;
  readonly server: PaymentServer;
  /** Seconds that the server may wait for the result of a request in progress. */
  readonly wait?: number;
  /** The client stops listening when this resolves. */
  readonly patience?: Promise<void>;
}

/** What became of a request, as the client saw it. */
export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly execution: string | null;
      /** The number of the receipt, or why there is none. */
      readonly text: string;
    }
  | { readonly kind: 'gave up' }
  | { readonly kind: 'connection lost' };

/** It sends once: the scenes play what a client would do by itself, on whichever server they choose. */
const ask = idempotentFetch({ maxAttempts: 1, deadline: 120_000, attemptTimeout: 120_000 });

/** Sends one request, over HTTP, and says what came back. */
export async function send({
  key,
  order,
  server,
  wait,
  patience,
}: PaymentRequest): Promise<Answer> {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (wait !== undefined) headers.set('prefer', `wait=${wait}`);
  const leaving = new AbortController();
  void patience?.then(() => leaving.abort());
  const { signal } = leaving;
  const request = { method: 'POST', headers, body: JSON.stringify(order), signal };
  try {
    const { response, replayed } = await ask.run(server.url, request, { key });
    const body: unknown = await response.json();
    const execution = replayed ? 'replayed' : response.headers.get('x-execution');
    return { kind: 'answered', status: response.status, execution, text: textOf(body) };
  } catch {
    return { kind: signal.aborted ? 'gave up' : 'connection lost' };
  }
}

function textOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  if ('receipt' in body) return `receipt ${body.receipt}`;
  return 'title' in body ? String(body.title) : '';
}
