import { exchange, type SqlChannel, type SqlRow } from '@idem/core/sql';
import { outsideTransactions } from './guard.ts';
import { atSign, SERVER } from './terms.ts';

/** A request of `mssql`, as far as it is needed. */
export interface MssqlRequest {
  input(name: string, value: unknown): unknown;
  query(text: string): Promise<{ readonly recordset?: readonly SqlRow[] | undefined }>;
  cancel(): unknown;
}

/** What makes requests: a pool of `mssql`, or a transaction. */
export interface MssqlPlace {
  request(): MssqlRequest;
}

/** Where a request of `mssql` runs. */
export function requestChannel(place: MssqlPlace, rejects: 'at once' | 'when ended'): SqlChannel {
  return {
    placeholder: atSign,
    send: ({ text, parameters, ...limits }) => {
      const request = place.request();
      const sent = rejects === 'at once' ? outsideTransactions(text) : text;
      return exchange<readonly SqlRow[]>(limits, {
        server: SERVER,
        rejects,
        cancel: () => request.cancel(),
        work: async ({ connected }) => {
          connected();
          for (const [i, value] of parameters.entries()) request.input(String(i + 1), value);
          return (await request.query(sent)).recordset ?? [];
        },
      });
    },
  };
}
