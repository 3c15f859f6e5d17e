import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
  const packed: readonly Packed[] | Packed = JSON.parse(stdout.slice(stdout.search(/[[{]/)));
  return new Map([packed].flat().map(({ name, filename }) => [name, filename]));
}
