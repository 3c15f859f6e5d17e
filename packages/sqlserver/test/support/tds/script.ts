import type { Row, ServerError } from './tokens.ts';

/** A statement that arrived. */
export interface Statement {
  readonly text: string;
  readonly inTransaction: boolean;
  /** As `@@TRANCOUNT` would say. */
  readonly open: number;
  /** The number of the connection, from 0. */
  readonly session: number;
}

export type Answer =
  /** `writes` is undone with the transaction that it is in. */
  | { readonly rows: readonly Row[]; readonly writes?: string }
  | { readonly error: ServerError; readonly rollsBack?: true }
  /** A statement of the request failed, as with 1222, and what came after it went on and answered. */
  | { readonly failed: ServerError; readonly rows: readonly Row[] }
  /** No answer, until the client cancels. */
  | 'hang'
  /** The connection is lost. */
  | 'drop';

/** What the server does. */
export interface Script {
  answer(statement: Statement): Answer;
  /** True for no answer to the beginning or the end of a transaction, until the client cancels. */
  hangs?(manager: 'begin' | 'commit' | 'rollback' | 'save'): boolean;
  /** The errors by which a login, of a user or by a token, is refused, in their order; none to accept it. */
  login?(session: number, userOrToken: string): readonly ServerError[];
  /** Called when a client cancels; the acknowledgement waits until it is called. At once without it. */
  attention?(acknowledge: () => void): void;
}

/** What was done, over all sessions. */
export interface Work {
  /** Every request in its order. */
  readonly log: {
    readonly session: number;
    readonly text: string;
    readonly inTransaction?: boolean;
  }[];
  /** What was written and committed. */
  readonly committed: string[];
}

/** Answers the store's statements as a server does where every claim is granted. */
export function storeAnswer({ text, inTransaction, open }: Statement): Answer {
  if (text.startsWith('IF @@TRANCOUNT = 0') && !inTransaction) {
    return { rows: [{ outcome: 'no-transaction' }] };
  }
  const inner = / IF @@TRANCOUNT > 1 THROW (\d+)/.exec(text)?.[1];
  if (inner !== undefined && open > 1) return { error: { number: Number(inner) } };
  const refused = /^IF @@TRANCOUNT > 0 THROW (\d+)/.exec(text)?.[1];
  if (refused !== undefined && inTransaction) return { error: { number: Number(refused) } };
  if (text.includes('_Claim_')) return { rows: [{ outcome: 'acquired', fence: 1, takeover: 0 }] };
  if (text.includes('_Complete_')) return { rows: [{ outcome: 'done' }], writes: 'record' };
  if (/_(Release|Renew|Remove|Store)_/.test(text)) return { rows: [{ outcome: 'done' }] };
  if (text.startsWith('INSERT')) return { rows: [], writes: text };
  return { rows: [] };
}
