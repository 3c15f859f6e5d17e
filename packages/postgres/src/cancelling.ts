import type { SqlChannel, SqlRequest, SqlRow } from '@idem/core/sql';
import { transactionOf } from './schema/fragments.ts';

/** For a pool that is busy; what it cannot cancel ends by itself, or by `statement_timeout`. */
const DEADLINE = 10_000;

/**
 * A channel in a transaction, whose statements are cancelled when they are given up: from the pool,
 * because no library of transactions cancels anything, and only while the connection is still in that
 * transaction. Where the pool's role may not, they end by themselves, or by `statement_timeout`.
 *
 * A statement that was cancelled settles when the cancellation has been delivered too: later it would
 * hit the transaction's next one.
 */
export function cancelling(
  channel: SqlChannel,
  pool: SqlChannel,
  transaction: () => string | undefined,
): SqlChannel {
  const cancel = async (): Promise<void> => {
    const id = transaction();
    if (id === undefined) return;
    const text = `SELECT pg_cancel_backend(a.pid) AS cancelled FROM pg_stat_activity a WHERE a.state = 'active' AND ${transactionOf('a')} = ${pool.placeholder(1)}`;
    const limits = { deadline: DEADLINE, signal: undefined, urgent: true };
    await pool.send({ text, parameters: [id], ...limits }).catch(() => {});
  };
  return {
    placeholder: (n) => channel.placeholder(n),
    send: (request) => whileWaiting(request, cancel, () => channel.send(request)),
  };
}

async function whileWaiting(
  { deadline, signal }: SqlRequest,
  cancel: () => Promise<void>,
  send: () => Promise<readonly SqlRow[]>,
): Promise<readonly SqlRow[]> {
  let cancelled: Promise<void> | undefined;
  const giveUp = (): void => {
    cancelled ??= cancel();
  };
  const timer = setTimeout(giveUp, Math.max(1, deadline));
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await send();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
    await cancelled;
  }
}
