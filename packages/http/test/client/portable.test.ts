import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ScriptedServer } from './support/scripted-server.ts';

const run = promisify(execFile);

test('it works where there is nothing of Node, and no module but its own', async () => {
  await using server = await ScriptedServer.start({ status: 503 }, { status: 201, body: 'made' });
  const program = fileURLToPath(new URL('../programs/browser.ts', import.meta.url));
  const flags = ['--experimental-vm-modules', '--no-warnings'];
  const { stdout } = await run(process.execPath, [...flags, program, server.url]);
  const result = JSON.parse(stdout);
  expect(result).toEqual({ text: 'made', key: expect.any(String), attempts: 2 });
  expect(server.keys).toEqual([`"${result.key}"`, `"${result.key}"`]);
  expect(server.received.map(({ body }) => [...body])).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
});
