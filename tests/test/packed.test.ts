import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { packAll } from '../../scripts/support/pack.ts';
import { type Unpacked, unpacked } from '../support/tarball.ts';

const tarballs = inject('tarballs');

const root = join(import.meta.dirname, '../..');

const PAGES = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'UPGRADING.md', 'package.json'],
  // What an operator matches a SLOWLOG entry to.
  'scripts.lua',
  // What an author of an adapter reads, and what a reader of reports checks them by.
  ...['docs/contract.md', 'docs/writing-an-adapter.md', 'report.schema.json'],
];

interface PackedLink {
  readonly place: string;
  readonly path: string;
  readonly inRepository: boolean;
}

const LINK =
  /\]\((?:https:\/\/github\.com\/idem-ts\/idem\/(?:blob|tree)\/main\/([^)#\s]+)|(?!\w+:|#)([^)#\s]+))/g;

/** The links of a packed page to the repository and to its neighbours. */
async function linksOf(page: string, text: Unpacked['text']): Promise<PackedLink[]> {
  return [...(await text(page)).matchAll(LINK)].map(([link, repository, neighbour = '']) => ({
    place: `${page}: ${link}`,
    path: repository ?? posix.join(posix.dirname(page), neighbour),
    inRepository: repository !== undefined,
  }));
}

test('exactly the public packages are packed', () => {
  const names = [
    'contract-tests',
    'core',
    'fingerprint',
    'http',
    'memory',
    'postgres',
    'redis',
    'sqlserver',
  ];
  expect(Object.keys(tarballs).sort()).toEqual(names.map((name) => `@idem/${name}`));
});

for (const [name, tarball] of Object.entries(tarballs)) {
  const holds = (check: (held: Unpacked) => Promise<void> | void) => async (): Promise<void> =>
    check(await unpacked(tarball));

  describe(`${name}, packed`, () => {
    test(
      'holds its pages, its sources and what they were compiled to, and nothing else',
      holds(({ files }) => {
        const sources = files.filter((file) => /^src\/.*\.ts$/.test(file));
        const compiled = sources.flatMap((source) => {
          const stem = source.replace(/^src\//, 'dist/').replace(/\.ts$/, '');
          return [`${stem}.d.ts`, `${stem}.d.ts.map`, `${stem}.js`, `${stem}.js.map`];
        });
        const sql = files.filter((file) => /^sql\/[^/]+\.sql$/.test(file));
        const pages = PAGES.filter((page) => files.includes(page));
        expect(sources).not.toHaveLength(0);
        const stale = files.filter((file) => /^dist\//.test(file) && !compiled.includes(file));
        expect(stale, 'left from an older build: remove dist, and build again').toEqual([]);
        expect(files).toEqual([...compiled, ...pages, ...sources, ...sql].sort());
        expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
      }),
    );

    test(
      'asks for versions that a registry knows, and for no driver that its users did not choose',
      holds(({ manifest }) => {
        const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest;
        const all = { dependencies, peerDependencies, optionalDependencies, devDependencies };
        expect(JSON.stringify(all)).not.toMatch(/workspace:|catalog:|file:|link:/);
        const drivers = ['ioredis', 'kysely', 'tarn', 'tedious', 'vitest'];
        const frameworks = ['express', 'fastify', 'koa', 'hono', '@nestjs/common', 'rxjs'];
        const brought = Object.keys({ ...dependencies, ...optionalDependencies });
        expect(
          brought.filter((dependency) => [...drivers, ...frameworks].includes(dependency)),
        ).toEqual([]);
        const own = brought.filter((dependency) => dependency.startsWith('@idem/'));
        const alone = name === '@idem/core' ? [] : ['@idem/core'];
        expect(own).toEqual(name === '@idem/http' ? [...alone, '@idem/fingerprint'] : alone);
      }),
    );

    test(
      'has pages whose links lead to a page that is packed, or to a file of the repository',
      holds(async ({ files, text }) => {
        const pages = files.filter((file) => file.endsWith('.md'));
        const links = (await Promise.all(pages.map((page) => linksOf(page, text)))).flat();
        for (const { place, path, inRepository } of links) {
          if (inRepository) await expect(stat(join(root, path)), place).resolves.toBeDefined();
          else expect(files, place).toContain(path);
        }
      }),
    );

    test(
      'runs nothing when it is installed, and says for whom it is',
      holds(({ manifest }) => {
        const atInstall = /^(pre|post)?install$|^(pre|post)?prepare$|^(pre|post)?publish/;
        const scripts = Object.keys(manifest.scripts ?? {});
        expect(scripts.filter((script) => atInstall.test(script))).toEqual([]);
        expect(manifest).toMatchObject({
          name,
          type: 'module',
          license: 'MIT',
          engines: { node: '>=22' },
          publishConfig: { access: 'public', provenance: true },
          // Without it npm refuses to attest where the package was built.
          repository: { type: 'git', directory: `packages/${name.replace('@idem/', '')}` },
        });
      }),
    );

    test(
      'has a file behind every export, bin and source map',
      holds(async ({ manifest, files, text }) => {
        const entries = Object.values(manifest.exports).flatMap((entry) =>
          typeof entry === 'string' ? [entry] : Object.values(entry),
        );
        const pointed = [...entries, ...Object.values(manifest.bin ?? {})];
        expect(files).toEqual(expect.arrayContaining(pointed.map((path) => posix.normalize(path))));
        for (const map of files.filter((file) => file.endsWith('.map'))) {
          const { sources }: { sources: readonly string[] } = JSON.parse(await text(map));
          const resolved = sources.map((source) => posix.join(posix.dirname(map), source));
          expect(files).toEqual(expect.arrayContaining(resolved));
        }
        for (const bin of Object.values(manifest.bin ?? {})) {
          expect(await text(bin)).toMatch(/^#!\/usr\/bin\/env node\n/);
        }
      }),
    );
  });
}

test('a package that the package manager leaves out is missed, and named', async () => {
  await expect(packAll(tmpdir(), '@idem/nosuch')).rejects.toThrow('Not packed: @idem/nosuch.');
});
