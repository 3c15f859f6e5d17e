import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspacePackages } from './workspace.ts';

const run = promisify(execFile);
const root: string = join(import.meta.dirname, '../..');

interface Packed {
  readonly name: string;
  readonly filename: string;
}

/**
 * Packs the built public packages, or one, into `folder`, as a release would; answers name → tarball.
 * One process packs all of them: a package manager takes longer to start than to pack.
 */
export async function packAll(folder: string, only?: string): Promise<Map<string, string>> {
  const pnpm = ['--yes', 'pnpm@12.21.0', '--recursive', '--filter', only ?? './packages/*'];
  const pack = ['pack', '--json', '--pack-destination', folder];
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run('npx', [...pnpm, ...pack], options);
  // Before it stands what a package's own scripts print; where nothing was packed there is none.
  const json = /^[[{]\s*$[\s\S]*/m.exec(stdout)?.[0] ?? '[]';
  const packed: readonly Packed[] | Packed = JSON.parse(json);
  const tarballs = new Map([packed].flat().map(({ name, filename }) => [name, filename]));
  const asked = (await workspacePackages()).filter(
    ({ name, folder }) => folder.startsWith('packages/') && name === (only ?? name),
  );
  // pnpm leaves out what has no version, and says nothing; one of two with the same name is overwritten.
  if (asked.length === 0 || tarballs.size !== asked.length) {
    const missing = asked.filter(({ name }) => !tarballs.has(name)).map(({ folder }) => folder);
    const which = missing.join(', ') || only || 'one of two that have the same name';
    throw new Error(`Not packed: ${which}. Each package needs a name of its own and a version.`);
  }
  return tarballs;
}
