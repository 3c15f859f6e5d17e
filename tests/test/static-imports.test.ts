import { describe, expect, inject, test } from 'vitest';
import { packagesOf } from '../support/static-imports.ts';
import { withUnpacked } from '../support/tarball.ts';

const tarballs = inject('tarballs');

/** The entries that cannot be loaded without a library; every other entry can. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {};

const manifests = await Promise.all(
  Object.values(tarballs).map((tarball) => withUnpacked(tarball, async (it) => it.manifest)),
);
const entries = manifests.flatMap(({ name, exports }) =>
  Object.entries(exports).flatMap(([path, { default: file }]) =>
    file === undefined ? [] : [{ name, specifier: name + path.slice(1), file }],
  ),
);

test('each of these is an entry, and takes an optional peer or a peer of its package', () => {
  for (const [specifier, libraries] of Object.entries(NEEDS)) {
    const name = entries.find((entry) => entry.specifier === specifier)?.name;
    const peers = manifests.find((manifest) => manifest.name === name)?.peerDependencies ?? {};
    expect(Object.keys(peers), specifier).toEqual(expect.arrayContaining([...libraries]));
  }
});

describe('nobody installs a library that he does not use: loading an entry imports', () => {
  for (const { name, specifier, file } of entries) {
    const needed = NEEDS[specifier] ?? [];
    test(`${specifier}: ${needed.join(', ') || 'no library'}`, async () => {
      const imported = await withUnpacked(tarballs[name] ?? '', (it) => packagesOf(file, it));
      expect(imported).toEqual(needed);
    });
  }
});
