/**
 * Checks every public package as it would be published: publint for its manifest, attw for its types.
 * `--only <package>` checks one.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packAll } from './support/pack.ts';
import { step } from './support/step.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const folder = await mkdtemp(join(tmpdir(), 'idem-pack-'));
let ok = true;
try {
  await packAll(folder, values.only);
  for (const tarball of (await readdir(folder)).sort()) {
    const path = join(folder, tarball);
    const checks = await Promise.all([
      step(`publint ${tarball}`, 'publint', [path, '--strict']),
      step(`attw ${tarball}`, 'attw', [path, '--profile', 'esm-only', '--quiet']),
    ]);
    ok &&= checks.every(Boolean);
  }
} finally {
  await rm(folder, { recursive: true });
}
process.exitCode = ok ? 0 : 1;
