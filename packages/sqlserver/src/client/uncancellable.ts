import type { SqlRequest, SqlRow } from './client.ts';
import { exchange } from './exchange.ts';

/** For libraries that cancel nothing: what is given up rejects when it has ended by itself. */
export function uncancellable(
  limits: Pick<SqlRequest, 'deadline' | 'signal'>,
  send: () => Promise<readonly SqlRow[]>,
): Promise<readonly SqlRow[]> {
  return exchange(limits, {
    rejects: 'when ended',
    cancel: () => {},
    work: ({ connected }) => {
      connected();
      return send();
    },
  });
}
