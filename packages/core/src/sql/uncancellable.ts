import type { SqlRequest, SqlRow } from './channel.ts';
import { exchange } from './exchange.ts';

export interface UncancellableOptions {
  /** How the messages call the server: `SQL Server`. */
  readonly server: string;
  readonly send: () => Promise<readonly SqlRow[]>;
}

/** For libraries that cancel nothing: what is given up rejects when it has ended by itself. */
export function uncancellable(
  limits: Pick<SqlRequest, 'deadline' | 'signal'>,
  { server, send }: UncancellableOptions,
): Promise<readonly SqlRow[]> {
  return exchange(limits, {
    server,
    rejects: 'when ended',
    cancel: () => {},
    work: ({ connected }) => {
      connected();
      return send();
    },
  });
}
