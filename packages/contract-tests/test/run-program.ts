import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const here = new URL('./programs/', import.meta.url);

/** Runs a TypeScript file in a Node process of its own, from the programs beside this file. */
export function node(file: string, ...given: string[]): Promise<Ended> {
  return ended(file, given, options());
}

function ended(
  file: string,
  given: readonly string[],
  how: ReturnType<typeof options>,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argumentsOf(file, given), how, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(error);
    });
  });
}

/** The same, ended by a signal once it has printed something. */
export function signalled(
  signal: NodeJS.Signals,
  env: Readonly<Record<string, string>>,
  file: string,
  ...given: string[]
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const { env: own, ...rest } = options();
    const child = spawn(process.execPath, argumentsOf(file, given), {
      ...rest,
      env: { ...own, ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.once('data', () => child.kill(signal));
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** The same, with more in its environment. */
export function nodeWith(
  env: Readonly<Record<string, string>>,
  file: string,
  ...given: string[]
): Promise<Ended> {
  const { env: own, ...rest } = options();
  return ended(file, given, { ...rest, env: { ...own, ...env } });
}

/** The same, with nobody who reads what it writes to its standard output. */
export function unread(file: string, ...given: string[]): Promise<Omit<Ended, 'stdout'>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argumentsOf(file, given), options());
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stderr }));
  });
}

function argumentsOf(file: string, given: readonly string[]): string[] {
  const flags = ['--conditions=@idem/source', '--disable-warning=ExperimentalWarning'];
  return [...flags, fileURLToPath(new URL(file, here)), ...given];
}

/** Without what vitest tells its children: a process of its own is nobody's worker. */
function options() {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return { cwd: fileURLToPath(here), env: { PATH, HOME, NODE_COMPILE_CACHE, NO_COLOR: '1' } };
}
