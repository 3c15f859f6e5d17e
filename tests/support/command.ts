import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface CommandOptions {
  readonly cwd: string;
  /** Milliseconds after which the command is killed. Default five minutes: the machine may be busy. */
  readonly timeout?: number | undefined;
}

/** Runs a command as a user's shell would, outside of the workspace; a failure carries all that it printed. */
export async function command(
  name: string,
  args: readonly string[],
  { cwd, timeout = 300_000 }: CommandOptions,
): Promise<string> {
  // What a package manager or a test runner tells its scripts is none of the command's business.
  const clean = Object.entries(process.env).filter(
    ([variable]) => !/^(npm_|pnpm_|VITEST|NODE_TEST|NODE_OPTIONS|NODE_ENV|TEST)/i.test(variable),
  );
  try {
    const options = { cwd, timeout, env: Object.fromEntries(clean) };
    return (await execute(name, args, { ...options, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
    throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}
