import { describe, expect, inject, test } from 'vitest';
import { packagesOf } from '../support/static-imports.ts';
import { unpacked } from '../support/tarball.ts';

/** The entries that cannot be loaded without a peer; every other entry can. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  '@idem/contract-tests/vitest': ['vitest'],
  '@idem/http/nest': ['@nestjs/common', '@nestjs/core', 'rxjs'],
  '@idem/postgres/drizzle-orm': ['drizzle-orm'],
  '@idem/postgres/kysely': ['kysely'],
  '@idem/sqlserver/kysely': ['kysely', 'tarn', 'tedious'],
  '@idem/sqlserver/tedious': ['tedious'],
};

/** What is imported beside what the package brings with it, by entry. */
const imported = new Map<string, readonly string[]>();
const peers = new Set<string>();

for (const tarball of Object.values(inject('tarballs'))) {
  const { manifest, text } = await unpacked(tarball);
  const { name, exports, dependencies = {}, peerDependencies = {} } = manifest;
  for (const peer of Object.keys(peerDependencies)) peers.add(peer);
  for (const [path, { default: file }] of Object.entries(exports)) {
    if (file === undefined) continue;
    const packages = await packagesOf(file, text);
    imported.set(
      name + path.slice(1),
      packages.filter((one) => !Object.hasOwn(dependencies, one)),
    );
  }
}

describe('nobody installs a library that is not used: loading an entry imports', () => {
  test.each([...imported])('%s', (entry, packages) => {
    expect(packages).toEqual(NEEDS[entry] ?? []);
    expect([...peers]).toEqual(expect.arrayContaining([...packages]));
  });

  test('nothing that this test does not know of', () => {
    expect([...imported.keys()]).toEqual(expect.arrayContaining(Object.keys(NEEDS)));
  });
});
