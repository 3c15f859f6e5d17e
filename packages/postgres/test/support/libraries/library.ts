import type { RunTransaction } from '@idem/core';
import type { PostgresStore } from '@idem/postgres';

/** One of the libraries that an application may write with, as a test of all of them needs it. */
export interface Library<Tx> {
  readonly store: PostgresStore<Tx>;
  /** As the README shows it. */
  readonly begin: RunTransaction<Tx>;
  /** Runs a statement of the application in its transaction; `?` is the key. */
  execute(tx: Tx, text: string, key: string): PromiseLike<unknown>;
  close(): Promise<unknown>;
}

/** What is done with a library, whatever the type of its transactions. */
export interface LibraryUse<R> {
  use<Tx>(library: Library<Tx>): Promise<R>;
}

export interface LibraryOpener {
  readonly name: string;
  open<R>(server: string, table: string, use: LibraryUse<R>): Promise<R>;
}

export { PATIENT } from '../url.ts';

/** Opens, uses and closes. */
export function opener<Tx>(
  name: string,
  open: (server: string, table: string) => Promise<Library<Tx>>,
): LibraryOpener {
  return {
    name,
    open: async (server, table, use) => {
      const library = await open(server, table);
      try {
        return await use.use(library);
      } finally {
        await library.store.close();
        await library.close();
      }
    },
  };
}
