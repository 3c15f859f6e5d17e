/**
 * `wrongs [seconds] [seed]`: every server that is set up wrongly, one after the other, each for so many
 * seconds at most (60). Exits with 1 when one of them is not caught.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { backendNames, loadBackend } from '../backends/backend.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const [seconds = '60', seed = '1'] = process.argv.slice(2);

for (const backend of backendNames) {
  const { wrongs } = await loadBackend(backend);
  for (const wrong of wrongs) {
    const output = await run([backend, seconds, '--seed', seed, '--wrong', wrong]);
    const last = output.trim().split('\n').at(-1) ?? '';
    console.log(`${backend}: ${last}`);
  }
}

async function run(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--conditions=@idem/source', MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) {
    process.exitCode = 1;
    console.log(output);
  }
  return output;
}
