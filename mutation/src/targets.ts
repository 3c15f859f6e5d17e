import type { Mutation } from './mutant.ts';
import { mutateLua } from './mutators/lua.ts';
import { mutateServerSql } from './mutators/server-sql.ts';
import { mutateSql } from './mutators/sql.ts';
import { mutateTypeScript } from './mutators/typescript.ts';

/** What makes mutants of a file. */
export type Mutate = (file: string, source: string) => readonly Mutation[] | Promise<Mutation[]>;

/** A store whose sources are mutated. */
export interface Target {
  readonly name: string;
  /** As the README names it. */
  readonly title: string;
  /** The module whose default export opens the harness. */
  readonly harness: string;
  /** The module that starts a server for one mutant after the other; without it each has its own. */
  readonly server?: string;
  readonly sources: readonly Source[];
}

/** A file of a target. */
export interface Source {
  /** From the root of the repository. */
  readonly file: string;
  readonly by: readonly Mutate[];
  /** The harness of its mutants, where it is another than the target's. */
  readonly harness?: string;
}

/** Options, URLs and clocks are left out: what a store is made with is no matter of the contract. */
export const targets: readonly Target[] = [
  {
    name: 'memory',
    title: '`@idem/memory`: its TypeScript',
    harness: harness('memory'),
    sources: files(
      'packages/memory/src',
      ['memory-store', 'records', 'record', 'room', 'watchers'],
      [mutateTypeScript],
    ),
  },
  {
    name: 'sqlite',
    title: 'the SQLite example: its TypeScript and SQL',
    harness: harness('sqlite'),
    sources: [
      ...files('examples/adapter-sqlite/src', ['store', 'record', 'errors'], [mutateTypeScript]),
      ...files('examples/adapter-sqlite/src', ['database'], [mutateTypeScript, mutateSql]),
    ],
  },
  {
    name: 'redis',
    title: '`@idem/redis`: its Lua scripts, and what reads their answers',
    harness: harness('redis'),
    sources: [
      // As assembled from the files of lua/: this text is what the server is sent.
      ...files('packages/redis/src/scripts', ['texts'], [mutateLua]),
      ...files('packages/redis/src', ['replies', 'completed-header'], [mutateTypeScript]),
    ],
  },
  {
    name: 'postgres',
    title: '`@idem/postgres`: the SQL of its functions, statements and purge',
    harness: harness('postgres'),
    server: server('postgres'),
    sources: [
      ...files('packages/postgres/src/schema', ['fragments', 'table'], [mutateServerSql]),
      ...files(
        'packages/postgres/src/schema/functions',
        ['bytes', 'claim', 'claim-answer', 'holder'],
        [mutateServerSql],
      ),
      ...files('packages/postgres/src/statements', ['reads'], [mutateServerSql]),
      ...files(
        'packages/postgres/src/purge',
        ['expired', 'purge'],
        [mutateServerSql],
        harness('postgres-purging'),
      ),
    ],
  },
  {
    name: 'sqlserver',
    title: "`@idem/sqlserver`: its procedures' T-SQL",
    harness: harness('sqlserver'),
    server: server('sqlserver'),
    sources: [
      ...files('packages/sqlserver/src/schema', ['fragments', 'table'], [mutateServerSql]),
      ...files(
        'packages/sqlserver/src/schema/procedures',
        ['bytes', 'claim', 'holder', 'inspect', 'procedure'],
        [mutateServerSql],
      ),
      ...files(
        'packages/sqlserver/src/schema/procedures',
        ['purge'],
        [mutateServerSql],
        harness('sqlserver-purging'),
      ),
    ],
  },
];

function harness(name: string): string {
  return new URL(`./harnesses/${name}.ts`, import.meta.url).href;
}

function server(name: string): string {
  return new URL(`./servers/${name}.ts`, import.meta.url).href;
}

function files(
  folder: string,
  names: readonly string[],
  by: readonly Mutate[],
  harness?: string,
): readonly Source[] {
  const other = harness === undefined ? {} : { harness };
  return names.map((name) => ({ file: `${folder}/${name}.ts`, by, ...other }));
}
