import { spawn } from 'node:child_process';
import { join } from 'node:path';

const quiet = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', FORCE_COLOR: '0' };
/** The tests start hundreds of processes, each of which would compile the same sources. */
const compiled = join(import.meta.dirname, '../../node_modules/.cache/compiled');

/** Runs one step of a longer command, says how long it took, and whether it went well. */
export async function step(
  title: string,
  command: string,
  args: readonly string[],
): Promise<boolean> {
  console.log(`\n── ${title}`);
  const started = performance.now();
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...quiet, NODE_COMPILE_CACHE: compiled },
    });
    child.on('error', reject);
    child.on('close', resolve);
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `── ${title}: ${code === 0 ? 'done' : `failed with exit code ${code}`} in ${seconds} s`,
  );
  return code === 0;
}
