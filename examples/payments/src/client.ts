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

/** Sends one request, over HTTP, and says what came back. */
export async function send({
  key,
  order,
  server,
  wait,
  patience,
}: PaymentRequest): Promise<Answer> {
  const headers = new Headers({ 'idempotency-key': key });
  if (wait !== undefined) headers.set('prefer', `wait=${wait}`);
  const leaving = new AbortController();
  void patience?.then(() => leaving.abort());
  try {
    const response = await fetch(server.url, {
      method: 'POST',
      headers,
      body: JSON.stringify(order),
      signal: leaving.signal,
    });
    const body: unknown = await response.json();
    const execution = response.headers.get('x-execution');
    return { kind: 'answered', status: response.status, execution, text: textOf(body) };
  } catch {
    return { kind: leaving.signal.aborted ? 'gave up' : 'connection lost' };
  }
}

function textOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  if ('receipt' in body) return `receipt ${body.receipt}`;
  return 'title' in body ? String(body.title) : '';
}
