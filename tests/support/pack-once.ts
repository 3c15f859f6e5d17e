import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { packAll } from '../../scripts/support/pack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Package name to the path of its tarball. */
    tarballs: Readonly<Record<string, string>>;
  }
}

/** Packs the public packages once for all test files of a run; whoever runs this has built them. */
export default async function packOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-tarballs-'));
  project.provide('tarballs', Object.fromEntries(await packAll(folder)));
  return () => rm(folder, { recursive: true });
}
