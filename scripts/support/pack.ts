import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root: string = join(import.meta.dirname, '../..');

/** Packs the built public packages, or one, into `folder`, as a release would; answers name → tarball. */
export async function packAll(folder: string, only?: string): Promise<Map<string, string>> {
  const tarballs = new Map<string, string>();
  const pack = async (directory: string): Promise<void> => {
    const { name } = await packageJson(directory);
    if (only !== undefined && name !== only) return;
    const { stdout } = await run(
      'npx',
      ['--yes', 'pnpm@12.21.0', 'pack', '--json', '--pack-destination', folder],
      { cwd: join(root, 'packages', directory) },
    );
    const packed: { filename: string } = JSON.parse(stdout.slice(stdout.indexOf('{')));
    tarballs.set(name, packed.filename);
  };
  await Promise.all((await readdir(join(root, 'packages'))).map(pack));
  return tarballs;
}

async function packageJson(directory: string): Promise<{ name: string }> {
  return JSON.parse(await readFile(join(root, 'packages', directory, 'package.json'), 'utf8'));
}
