import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { command } from './command.ts';

export type Bump = 'patch' | 'minor' | 'major';
/** Package name to version, as `@idem/core` to `0.1.0`. */
export type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
}

const root: string = join(import.meta.dirname, '../..');
const changeset: string = join(root, 'node_modules/.bin/changeset');
const COPIED = ['package.json', 'pnpm-workspace.yaml', '.changeset/*', '*/package.json'];

/** A copy of the workspace's manifests and changesets, to try a release on. */
export class WorkspaceCopy implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<WorkspaceCopy> {
    const folder = await mkdtemp(join(tmpdir(), 'idem-release-'));
    for await (const path of glob([...COPIED, '{packages,examples}/*/package.json'], {
      cwd: root,
    })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await cp(join(root, path), join(folder, path));
    }
    return new WorkspaceCopy(folder);
  }

  /** Puts these versions and this one changeset in the place of the real ones. */
  async pretend(versions: Versions, change: Readonly<Record<string, Bump>>): Promise<void> {
    for await (const { path, manifest } of this.#packages()) {
      await writeFile(path, JSON.stringify({ ...manifest, version: versions[manifest.name] }));
    }
    for await (const path of glob('.changeset/*.md', { cwd: this.#folder })) {
      await rm(join(this.#folder, path));
    }
    const lines = Object.entries(change).map(([name, bump]) => `"${name}": ${bump}\n`);
    const text = `---\n${lines.join('')}---\n\nA change.\n`;
    await writeFile(join(this.#folder, '.changeset/a-change.md'), text);
  }

  /** Runs `changeset version`; answers the versions after it. */
  async version(): Promise<Versions> {
    // Changesets asks git which commit brought a changeset.
    await this.#git('init', '--quiet');
    await this.#git('add', '.');
    await this.#git('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '--quiet', '-m', 'copy');
    await command(changeset, ['version'], { cwd: this.#folder });
    return this.versions();
  }

  async versions(): Promise<Versions> {
    const versions: Record<string, string> = {};
    for await (const { manifest } of this.#packages()) {
      versions[manifest.name] = manifest.version ?? '';
    }
    return versions;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  async *#packages(): AsyncIterable<{ path: string; manifest: Manifest }> {
    for await (const entry of glob('packages/*/package.json', { cwd: this.#folder })) {
      const path = join(this.#folder, entry);
      const manifest: Manifest = JSON.parse(await readFile(path, 'utf8'));
      yield { path, manifest };
    }
  }

  async #git(...args: readonly string[]): Promise<void> {
    await command('git', ['-c', 'commit.gpgsign=false', ...args], { cwd: this.#folder });
  }
}
