import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.ts';
import type { FreshProject } from './fresh-project.ts';

export type CompilerOptions = Readonly<Record<string, unknown>>;

/** The compilers of this package's dependencies: `typescript-5.4` is an alias there. */
const WORKSPACE = '7.0';
const dependencies: string = join(import.meta.dirname, '../node_modules');

/** Checks files of a project, and all that they import, under the defaults of the compiler's own `--init`. */
export class Compiler {
  readonly #tsc: string;
  readonly #folder: string;
  readonly #project: FreshProject;

  private constructor(version: string, folder: string, project: FreshProject) {
    this.#tsc = tscOf(version);
    this.#folder = folder;
    this.#project = project;
  }

  static async inProject(version: string, project: FreshProject): Promise<Compiler> {
    const folder = `typescript-${version}`;
    const cwd = join(project.folder, folder);
    await mkdir(cwd);
    await command('node', [tscOf(version), '--init'], { cwd });
    return new Compiler(version, folder, project);
  }

  /** The errors in the project's files and in our declarations: a driver's may need a newer compiler. */
  async errors(files: readonly string[], options: CompilerOptions): Promise<string[]> {
    const path = `${this.#folder}/check.json`;
    const config = {
      extends: './tsconfig.json',
      // Up to 5.8 `--init` proposes CommonJS, which cannot import what is published as modules only.
      compilerOptions: { module: 'NodeNext', ...options, skipLibCheck: false, noEmit: true },
      files: files.map((file) => `../${file}`),
    };
    await this.#project.write({ [path]: JSON.stringify(config) });
    const output = await this.#check(path);
    const lines = output.split('\n').filter((line) => /error TS\d+/.test(line));
    if (output !== '' && lines.length === 0) return [output];
    return lines.filter((line) => !/node_modules\/(?!@idem\/)/.test(line));
  }

  async #check(path: string): Promise<string> {
    try {
      const cwd = this.#project.folder;
      await command('node', [this.#tsc, '-p', path, '--pretty', 'false'], { cwd });
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function tscOf(version: string): string {
  const name = version === WORKSPACE ? 'typescript' : `typescript-${version}`;
  return join(dependencies, name, 'bin/tsc');
}
