import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.ts';

const workspace: string = join(import.meta.dirname, '..');

/** What a user's project begins with, who checks the types of its dependencies too. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    module: 'NodeNext',
    types: ['node'],
    // The compiler is the workspace's, and so are the types of Node; all else is as installed.
    typeRoots: [join(workspace, 'node_modules/@types')],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  },
  include: ['*.ts'],
};

/** A project of somebody who never saw this workspace, in a folder of its own. */
export class FreshProject implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(files: Readonly<Record<string, string>> = {}): Promise<FreshProject> {
    const project = new FreshProject(await mkdtemp(join(tmpdir(), 'idem-project-')));
    const manifest = { name: 'fresh', private: true, type: 'module' };
    await project.write({
      'package.json': JSON.stringify(manifest),
      'tsconfig.json': JSON.stringify(TSCONFIG),
      ...files,
    });
    return project;
  }

  /** A copy of a project's folder, without what is installed and built in it. */
  static async copyOf(folder: string): Promise<FreshProject> {
    const project = new FreshProject(await mkdtemp(join(tmpdir(), 'idem-project-')));
    const filter = (path: string): boolean => !/(node_modules|dist|package-lock\.json)$/.test(path);
    await cp(folder, project.folder, { recursive: true, filter });
    return project;
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await writeFile(join(this.folder, path), text);
    }
  }

  /** `npm install` of tarballs and package names. */
  async install(packages: readonly string[]): Promise<void> {
    const flags = ['--no-audit', '--no-fund', '--prefer-offline'];
    await this.run('npm', ['install', ...flags, ...packages]);
  }

  /** The name of every package that npm installed, sorted. */
  async installed(): Promise<string[]> {
    const path = join(this.folder, 'node_modules/.package-lock.json');
    const lock: { packages: Record<string, object> } = JSON.parse(await readFile(path, 'utf8'));
    const names = Object.keys(lock.packages).map((at) => at.replace(/^.*node_modules\//, ''));
    return [...new Set(names)].sort();
  }

  async typeCheck(): Promise<void> {
    await this.run(join(workspace, 'node_modules/.bin/tsc'), ['-p', '.', '--checkers', '1']);
  }

  /** Runs a file; a process that does not end by itself fails. */
  node(file: string, args: readonly string[] = []): Promise<string> {
    return this.run('node', [file, ...args], 60_000);
  }

  run(name: string, args: readonly string[], timeout?: number): Promise<string> {
    return command(name, args, { cwd: this.folder, timeout });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
