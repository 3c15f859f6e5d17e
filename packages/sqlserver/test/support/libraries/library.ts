import type { RunTransaction } from '@idem/core';
import type { SqlServerStore, TransactionAdapter } from '@idem/sqlserver';
import type { Address } from '../server.ts';

/** One of the libraries that an application may write with, as a test of all of them needs it. */
export interface Library<Tx> {
  readonly store: SqlServerStore<Tx>;
  readonly transactions: TransactionAdapter<Tx>;
  /** What is taken for a transaction by mistake: where the library begins them. */
  readonly pool: unknown;
  /** As the README shows it. */
  readonly begin: RunTransaction<Tx>;
  /** The same by hand, for a process that is killed at each step. */
  start(): Promise<OpenTransaction<Tx>>;
  /** Runs a statement of the application in its transaction; `?` is the key. */
  execute(tx: Tx, text: string, key: string): Promise<unknown>;
  /** Runs work in a transaction within that one, by the library's own means; without it the library has none. */
  nest?(tx: Tx, work: (tx: Tx) => Promise<unknown>): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface OpenTransaction<Tx> {
  readonly tx: Tx;
  commit(): Promise<unknown>;
  rollback(): Promise<unknown>;
}

/** What is done with a library, whatever the type of its transactions. */
export interface LibraryUse<R> {
  use<Tx>(library: Library<Tx>): Promise<R>;
}

export interface LibraryOpener {
  readonly name: string;
  open<R>(address: Address, table: string, use: LibraryUse<R>): Promise<R>;
}

/** For operations of a test on a busy machine, in milliseconds. */
export const PATIENT = 60_000;

/** The same for tedious, in the libraries that hand its options on. */
export const DRIVER = { connectTimeout: PATIENT, requestTimeout: PATIENT };

/** Opens, uses and closes. */
export function opener<Tx>(
  name: string,
  open: (address: Address, table: string) => Promise<Library<Tx>>,
): LibraryOpener {
  return {
    name,
    open: async (address, table, use) => {
      const library = await open(address, table);
      try {
        return await use.use(library);
      } finally {
        await library.store.close();
        await library.close();
      }
    },
  };
}
