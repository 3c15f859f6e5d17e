import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface DemoRun {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs the demo as a user does, in a process of its own. */
export function runDemo(...args: readonly string[]): Promise<DemoRun> {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const command = ['--conditions=@idem/source', main, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { timeout: 120_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? -1);
      resolve({ code, output: stdout, errors: stderr });
    });
  });
}

/** The output without what differs from run to run: ports, and which server won the race. */
export function steady(output: string): string {
  return output
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:…')
    .replaceAll(/(order-2 .*) server [AB]/g, '$1 server …')
    .trim();
}
