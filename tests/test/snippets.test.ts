import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServers, type TestServers } from '../support/servers.ts';
import { readSnippets, type Snippet } from '../support/snippets.ts';

const run = promisify(execFile);
const here: string = join(import.meta.dirname, '..');
// Beside this package's node_modules, so that a snippet's imports resolve as a user's would.
const folder: string = join(here, '.snippets');

const snippets = await readSnippets();
let servers: TestServers;

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all(snippets.map((snippet) => writeFile(fileOf(snippet), snippet.code)));
  servers = await startServers(snippets.flatMap(({ needs }) => needs ?? []));
});

afterAll(async () => {
  await servers.stop();
  await rm(folder, { recursive: true, force: true });
});

test('every snippet type-checks', async () => {
  const config = {
    extends: '../tsconfig.json',
    compilerOptions: {
      noUnusedLocals: false,
      noUnusedParameters: false,
      noPropertyAccessFromIndexSignature: false,
    },
    include: ['*.ts'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = await run('tsc', ['-p', folder], { cwd: here }).catch((error) => error);
  expect(stdout).toBe('');
});

describe('snippets run as printed', () => {
  for (const snippet of snippets.filter(({ runner }) => runner !== 'fragment')) {
    test.concurrent(snippet.place, { timeout: 120_000 }, async ({ skip }) => {
      const server = snippet.needs === null ? null : servers.url(snippet.needs);
      if (server !== null && 'absent' in server) {
        skip(server.absent);
      } else {
        const env = { ...process.env, VITEST: '', NODE_TEST_CONTEXT: undefined };
        if (server !== null && snippet.needs !== null)
          Object.assign(env, { [snippet.needs]: server.url });
        const [command, ...args] = commandOf(snippet);
        await run(command, args, { cwd: here, env, timeout: 110_000 });
      }
    });
  }
});

function fileOf({ place, runner }: Snippet): string {
  const ending = runner === 'vitest' ? '.test.ts' : '.ts';
  return join(folder, place.replaceAll(/[^A-Za-z0-9]+/g, '-') + ending);
}

function commandOf(snippet: Snippet): readonly [string, ...string[]] {
  const file = fileOf(snippet);
  switch (snippet.runner) {
    case 'vitest':
      return [
        'vitest',
        'run',
        '--reporter=default',
        `--dir=${folder}`,
        '--config=snippets.config.ts',
        file,
      ];
    case 'node-test':
      return ['node', '--conditions=@idem/source', '--test', file];
    default:
      return ['node', '--conditions=@idem/source', file];
  }
}
