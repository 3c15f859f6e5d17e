import {
  ADVICE,
  besideMemory,
  besidePostgresSql,
  besideRedis,
  besideSqlServerSql,
  type LeftOut,
  REPLAY_CACHE,
} from './left-out.ts';
import type { Mutant, Mutation } from './mutant.ts';
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
  /** The module that says what each operation sends, where a mutant is in the text of some. */
  readonly operations?: string;
  /** Where the package has its sources, from the root of the repository. */
  readonly folder: string;
  readonly sources: readonly Source[];
  /** What else there is in the folder. */
  readonly leftOut: LeftOut;
}

/** A file of a target. */
export interface Source {
  /** From the root of the repository. */
  readonly file: string;
  readonly by: readonly Mutate[];
  /** The harness of its mutants, where it is another than the target's. */
  readonly harness?: string;
  /** Of functions, members and constants by their names: another harness, or why they are left out. */
  readonly names?: Elsewhere;
  /** Of lines that contain a text: another harness once more, or the reason why they are left out. */
  readonly lines?: Elsewhere;
}

type Elsewhere = Readonly<
  Record<string, { readonly harness: string } | { readonly leftOut: string }>
>;

const REPLAYING = { harness: harness('redis-replaying') };

export const targets: readonly Target[] = [
  {
    name: 'memory',
    title: '`@idem/memory`: its TypeScript',
    harness: harness('memory'),
    folder: 'packages/memory/src',
    sources: files(
      'packages/memory/src',
      ['memory-store', 'records', 'record', 'kept', 'room', 'watchers'],
      [mutateTypeScript],
    ),
    leftOut: besideMemory,
  },
  {
    name: 'sqlite',
    title: 'the SQLite example: its TypeScript and SQL',
    harness: harness('sqlite'),
    folder: 'examples/adapter-sqlite/src',
    leftOut: {},
    sources: [
      ...files('examples/adapter-sqlite/src', ['store', 'record', 'errors'], [mutateTypeScript]),
      ...files('examples/adapter-sqlite/src', ['database'], [mutateTypeScript, mutateSql]),
    ],
  },
  {
    name: 'redis',
    title: '`@idem/redis`: its Lua scripts, and what reads their answers',
    harness: harness('redis'),
    folder: 'packages/redis/src',
    sources: [
      {
        // As assembled from the files of lua/: this text is what the server is sent.
        file: 'packages/redis/src/scripts/texts.ts',
        by: [mutateLua],
        names: { probe: { leftOut: REPLAY_CACHE } },
        lines: {
          '-- only with replayCache': REPLAYING,
          '-- only without timeInScripts': { harness: harness('redis-without-time') },
          '-- only with replicas': {
            leftOut:
              'Repeats a write so that replicas are asked for it again; a test of the package loses one.',
          },
        },
      },
      ...files('packages/redis/src/scripts', ['record', 'scripts'], [mutateTypeScript]),
      // With lines that are there for the replay cache alone.
      {
        ...replaying('packages/redis/src/replies.ts', ['answer[0]']),
        names: { parseKept: REPLAYING },
      },
      ...files('packages/redis/src', ['completed-header'], [mutateTypeScript]),
      {
        ...replaying('packages/redis/src/redis-store.ts', ['replays', 'parseFound', 'parseClaim']),
        names: {
          ...{ '#read': REPLAYING, completedFrom: REPLAYING },
          diagnose: { leftOut: ADVICE },
        },
      },
    ],
    leftOut: besideRedis,
  },
  {
    name: 'postgres',
    title: '`@idem/postgres`: the SQL of its functions, statements and purge',
    harness: harness('postgres'),
    folder: 'packages/postgres/src',
    leftOut: besidePostgresSql,
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
    folder: 'packages/sqlserver/src',
    leftOut: besideSqlServerSql,
    server: server('sqlserver'),
    operations: harness('sqlserver-operations'),
    sources: [
      ...files('packages/sqlserver/src/schema', ['fragments', 'table'], [mutateServerSql]),
      ...files(
        'packages/sqlserver/src/schema/procedures',
        ['at-its-moment', 'bytes', 'claim', 'holder', 'inspect', 'procedure'],
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

/** The harness that a mutant is put to. */
export function harnessFor(target: Target, mutant: Pick<Mutant, 'file' | 'text' | 'in'>): string {
  const source = target.sources.find(({ file }) => file === mutant.file);
  const elsewhere = source === undefined ? undefined : elsewhereOf(source, mutant);
  if (elsewhere !== undefined && 'harness' in elsewhere) return elsewhere.harness;
  return source?.harness ?? target.harness;
}

export function isLeftOut(source: Source, mutant: Pick<Mutant, 'text' | 'in'>): boolean {
  return 'leftOut' in (elsewhereOf(source, mutant) ?? {});
}

/** What is said of its line, or else of the name around it. */
function elsewhereOf(
  { names = {}, lines = {} }: Source,
  { text, in: within }: Pick<Mutant, 'text' | 'in'>,
): Elsewhere[string] | undefined {
  const line = Object.keys(lines).find((part) => text.includes(part));
  if (line !== undefined) return lines[line];
  return Object.hasOwn(names, within) ? names[within] : undefined;
}

function replaying(file: string, parts: readonly string[]): Source {
  return {
    ...{ file, by: [mutateTypeScript] },
    lines: Object.fromEntries(parts.map((part) => [part, REPLAYING])),
  };
}

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
