import { refuse } from '../contract/checks.ts';
import type { SqlParameter, SqlRow, TransactionAdapter } from './channel.ts';
import { uncancellable } from './uncancellable.ts';

/** What the store needs to know of a library, to write in its transactions. */
export interface QueryAdapter<Tx> {
  /** How the messages call the server: `SQL Server`. */
  readonly server: string;
  /** What its transactions are, for the message to whoever hands in something else. */
  readonly what: string;
  /** How the n-th parameter, from 1, is written: `@1`, `$1`, `?`. */
  placeholder(n: number): string;
  isTransaction(tx: unknown): boolean;
  /** Runs a statement in it; answers its rows, or an object with them as `rows`. */
  query(tx: Tx, text: string, parameters: SqlParameter[]): PromiseLike<unknown>;
}

/**
 * The transactions of a library that runs a text with parameters, and cancels nothing: what is given up
 * rejects when the server has ended it.
 */
export function transactionsOf<Tx>(adapter: QueryAdapter<Tx>): TransactionAdapter<Tx> {
  const { server, what } = adapter;
  return {
    channel: (tx) => {
      if (!adapter.isTransaction(tx)) refuse('IDEM_INVALID_OPTIONS', tx, what, 'transaction');
      return {
        placeholder: (n) => adapter.placeholder(n),
        send: ({ text, parameters, ...limits }) =>
          uncancellable(limits, {
            server,
            send: async () => rowsOf(await adapter.query(tx, text, [...parameters])),
          }),
      };
    },
  };
}

function rowsOf(answer: unknown): readonly SqlRow[] {
  if (Array.isArray(answer)) return answer;
  if (typeof answer !== 'object' || answer === null || !('rows' in answer)) return [];
  return Array.isArray(answer.rows) ? answer.rows : [];
}

/** Whether something has all of these methods, be it an object or a function. */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  const is = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return is && names.every((name) => typeof Reflect.get(value, name) === 'function');
}
