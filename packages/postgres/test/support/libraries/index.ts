import { drizzleJsLibrary, drizzleLibrary } from './drizzle.ts';
import { knexLibrary } from './knex.ts';
import { kyselyLibrary } from './kysely.ts';
import type { LibraryOpener } from './library.ts';
import { pgLibrary } from './pg.ts';
import { postgresJsLibrary } from './postgres-js.ts';

/** Those whose processes are killed. */
export const libraries: readonly LibraryOpener[] = [
  ...[pgLibrary, postgresJsLibrary, kyselyLibrary],
  ...[drizzleLibrary, drizzleJsLibrary, knexLibrary],
];
