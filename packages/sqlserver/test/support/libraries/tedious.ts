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
      pool: configOf(address),
      store: await SqlServerStore.connect(urlOf(address, table, { timeout: PATIENT }), {
        transactions: tediousTransactions,
      }),
      begin: inTediousTransaction(connection),
      start: async () => {
        await called((done) => connection.beginTransaction(done));
        return {
          tx: connection,
          commit: () => called((done) => connection.commitTransaction(done)),
          rollback: () => called((done) => connection.rollbackTransaction(done)),
        };
      },
      execute: (tx, text, key) =>
        called((done) => {
          const request = new Request(text.replace('?', '@key'), done);
          request.addParameter('key', TYPES.NVarChar, key);
          tx.execSql(request);
        }),
      nest: (tx, work) =>
        new Promise((resolve, reject) => {
          tx.transaction((error, done) => {
            if (error || done === undefined) return reject(error);
            work(tx).then(
              () =>
                done(null, (failure: Error | null | undefined) =>
                  failure ? reject(failure) : resolve(undefined),
                ),
              (cause: Error) => done(cause, () => reject(cause)),
            );
          });
        }),
      close: async () => connection.close(),
    };
  },
);
