import { SqlServerStore } from '@idem/sqlserver';
import { inTediousTransaction, tediousTransactions } from '@idem/sqlserver/tedious';
import { Connection, Request, TYPES } from 'tedious';
import { configOf } from '../config.ts';
import { urlOf } from '../server.ts';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

type Done = (error?: Error | null) => void;
const called = (call: (done: Done) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });

export const tediousLibrary: LibraryOpener = opener<Connection>(
  'tedious',
  async (address, table) => {
    const connection = new Connection(configOf(address));
    await called((done) => connection.connect(done));
    return {
      transactions: tediousTransactions,
      store: await SqlServerStore.connect(urlOf(address, table, { timeout: PATIENT }), {
        transactions: tediousTransactions,
      }),
      begin: inTediousTransaction(connection),
      start: async () => {
        await called((done) => connection.beginTransaction(done));
        return {
          tx: connection,
          commit: () => called((done) => connection.commitTransaction(done)),
        };
      },
      execute: (tx, text, key) =>
        called((done) => {
          const request = new Request(text.replace('?', '@key'), done);
          request.addParameter('key', TYPES.NVarChar, key);
          tx.execSql(request);
        }),
      close: async () => connection.close(),
    };
  },
);
