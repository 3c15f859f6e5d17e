import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const here = new URL('./programs/', import.meta.url);

/** Runs a TypeScript file in a Node process of its own, from the programs beside this file. */
export function node(file: string, ...given: string[]): Promise<Ended> {
  // Without what vitest tells its children: a process of its own is nobody's worker.
  const { PATH, HOME } = process.env;
  const flags = ['--conditions=@idem/source', '--disable-warning=ExperimentalWarning'];
  const path = fileURLToPath(new URL(file, here));
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...flags, path, ...given],
      { cwd: fileURLToPath(here), env: { PATH, HOME, NO_COLOR: '1' } },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({ code, stdout, stderr });
        else reject(error);
      },
    );
  });
}
