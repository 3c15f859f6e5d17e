import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A package of this workspace. */
export interface WorkspacePackage {
  readonly name: string;
  /** From the root: `packages/redis`. */
  readonly folder: string;
  readonly isPublic: boolean;
  /** Its tests talk to servers. */
  readonly needsServers: boolean;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const root: string = join(import.meta.dirname, '../..');
/** Not of the workspace: it installs packed tarballs. */
const STRANGER = 'examples/adapter-sqlite';

export async function workspacePackages(): Promise<WorkspacePackage[]> {
  const packages: WorkspacePackage[] = [];
  for await (const path of glob(['{packages,examples}/*/package.json', '*/package.json'], {
    cwd: root,
  })) {
    const folder = dirname(path);
    if (folder === STRANGER) continue;
    const manifest: Manifest = JSON.parse(await readFile(join(root, path), 'utf8'));
    const dependencies = { ...manifest.dependencies, ...manifest.devDependencies };
    packages.push({
      name: manifest.name,
      folder,
      isPublic: manifest.private !== true,
      needsServers: '@idem-workspace/test-servers' in dependencies,
    });
  }
  return packages.sort((a, b) => a.folder.localeCompare(b.folder));
}
