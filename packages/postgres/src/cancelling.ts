import type { SqlChannel, SqlRequest, SqlRow } from '@idem/core/sql';
import { transactionOf } from './schema/fragments.ts';

/** Long enough for a statement of the server's own, in milliseconds. */
const DEADLINE = 5_000;

/**
 * A channel in a transaction, whose statements are cancelled when they are given up: from the pool,
 * because no library of transactions cancels anything, and only while the connection is still in that
 * transaction. Where the pool's role may not, they end by themselves, or by `statement_timeout`.
 */
export function cancelling(
  channel: SqlChannel,
  pool: SqlChannel,
  transaction: () => string | undefined,
): SqlChannel {
  const cancel = (): void => {
    const id = transaction();
    if (id === undefined) return;
    const text = `SELECT pg_cancel_backend(a.pid) AS cancelled FROM pg_stat_activity a WHERE a.state = 'active' AND ${transactionOf('a')} = ${pool.placeholder(1)}`;
    const limits = { deadline: DEADLINE, signal: undefined, urgent: true };
    pool.send({ text, parameters: [id], ...limits }).catch(() => {});
  };
  return {
    placeholder: (n) => channel.placeholder(n),
    send: (request) => whileWaiting(request, cancel, () => channel.send(request)),
  };
}

async function whileWaiting(
  { deadline, signal }: SqlRequest,
  cancel: () => void,
  send: () => Promise<readonly SqlRow[]>,
): Promise<readonly SqlRow[]> {
  const timer = setTimeout(cancel, Math.max(1, deadline));
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await send();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}
