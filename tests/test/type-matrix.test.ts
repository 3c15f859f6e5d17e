import { beforeAll, describe, expect, inject, test } from 'vitest';
import { Compiler, type CompilerOptions } from '../support/compilers.ts';
import { type Entry, entriesOf, peersOf } from '../support/entries.ts';
import { FreshProject } from '../support/fresh-project.ts';
import { unpacked } from '../support/tarball.ts';

const tarballs = inject('tarballs');

/** What a project may say of its language and its libraries, beyond the defaults of `tsc --init`. */
const libraries: Readonly<Record<string, CompilerOptions>> = {
  'the defaults': {},
  'target ES2022': { target: 'ES2022' },
  'target ES2023': { target: 'ES2023' },
  'lib ES2022 alone': { target: 'ES2022', lib: ['ES2022'] },
  'lib ES2023 alone': { target: 'ES2022', lib: ['ES2023'] },
  'for a bundler': { target: 'ES2022', module: 'ESNext', moduleResolution: 'Bundler' },
};

/** The libraries to try by compiler. By default 5.4 compiles for ES2016, and it has no target ES2023. */
const all = Object.keys(libraries);
type Compilers = Readonly<Record<string, readonly string[]>>;

/**
 * Older compilers take seconds where 7.0 takes a tenth of one, and every driver and framework takes long
 * to install: the whole matrix is for the nightly run. The fresh projects compile with their drivers in
 * every run, at one setting.
 */
const long = process.env['IDEM_TEST_BUDGET'] === 'long';

const compilers: Compilers = long
  ? {
      '5.4': all.filter((what) => what !== 'the defaults' && what !== 'target ES2023'),
      '5.9': all,
      '6.0': all,
      '7.0': all,
    }
  : { '7.0': all };

const compilersWithDrivers: Compilers = long
  ? { '5.4': ['target ES2022'], '5.9': all, '6.0': all, '7.0': all }
  : {};

const uses = `
  import { Idempotency, type IdempotencyStore } from '@idem/core';
  import { MemoryStore } from '@idem/memory';

  await using store: IdempotencyStore = new MemoryStore();
  const idempotency = new Idempotency({ store, ttl: 60_000, lease: 1_000 });
  const { value } = await idempotency.run('key', async ({ signal }) => (signal.aborted ? 1 : 2));
  export const number: number = value;
`;

const usesOfFetch = `
  import { type FetchResult, idempotentFetch, IdempotentFetchError } from '@idem/http/client';

  const send = idempotentFetch({ onRetry: ({ delay }) => console.log(delay) });
  const result: FetchResult = await send.run('/payments', { method: 'POST', body: '' });
  export const status: number = result.response.status;
  export const code: string = new IdempotentFetchError('IDEM_NO_ANSWER', '').code;
`;

const manifests = await Promise.all(
  Object.values(tarballs).map(async (tarball) => (await unpacked(tarball)).manifest),
);
const entries = manifests.flatMap(entriesOf);
const peers = manifests.flatMap(peersOf);

// Their declarations name Request and Response, which come with lib.dom or with the types of Node.
const onFetch: ReadonlySet<string> = new Set(['@idem/http', '@idem/http/client']);
// What an SQL driver takes is a Buffer, and so are the declarations of who hands it on.
const onNode: ReadonlySet<string> = new Set([
  '@idem/http/node',
  '@idem/core/sql',
  ...entries
    .map(({ specifier }) => specifier)
    .filter((name) => /^@idem\/(postgres|sqlserver)/.test(name)),
]);

interface Environment {
  readonly what: string;
  readonly entries: readonly Entry[];
  /** What is installed from the registry beside the packages of the entries. */
  readonly installed: readonly string[];
  readonly types: readonly string[];
  readonly compilers: Compilers;
}

const environments: readonly Environment[] = [
  {
    what: 'without the types of Node: what needs no driver, whose own declarations need them',
    entries: entries.filter(({ needsPeer, specifier }) => !needsPeer && !onNode.has(specifier)),
    installed: [],
    types: [],
    compilers,
  },
  {
    what: 'with the types of Node: every entry of every package',
    entries,
    installed: [...peers, '@types/node@24'],
    types: ['node'],
    compilers: compilersWithDrivers,
  },
];

for (const { what, entries, installed, types, compilers } of environments) {
  if (Object.keys(compilers).length === 0) continue;
  describe(what, () => {
    let project: FreshProject;

    beforeAll(async () => {
      const fetching = entries.filter(({ specifier }) => onFetch.has(specifier));
      const others = entries.filter(({ specifier }) => !onFetch.has(specifier));
      project = await FreshProject.make({
        'main.ts': importsOf(others) + uses,
        'fetch.ts': importsOf(fetching) + usesOfFetch,
      });
      const names = new Set(entries.map((entry) => entry.package));
      await project.install([...[...names].map((name) => tarballs[name] ?? name), ...installed]);
      return () => project[Symbol.asyncDispose]();
    });

    for (const [version, known] of Object.entries(compilers)) {
      test(`TypeScript ${version}`, async () => {
        const compiler = await Compiler.inProject(version, project);
        for (const name of known) {
          const hasFetch = types.includes('node') || libraries[name]?.['lib'] === undefined;
          const files = hasFetch ? ['main.ts', 'fetch.ts'] : ['main.ts'];
          const errors = await compiler.errors(files, { ...libraries[name], types });
          expect.soft(errors, name).toEqual([]);
        }
      });
    }
  });
}

function importsOf(entries: readonly Entry[]): string {
  return entries.map(({ specifier }) => `import '${specifier}';\n`).join('');
}
