import { readFile } from 'node:fs/promises';
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { expect, test } from 'vitest';
import { scriptsFile } from '../scripts/scripts-file.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const read = (): Promise<string> => readFile(new URL('../scripts.lua', import.meta.url), 'utf8');

test('scripts.lua is current', async () => {
  expect(await read(), 'run "pnpm --filter @idem/redis write-scripts"').toBe(scriptsFile());
});

describeWithServers('an EVALSHA that the server shows', () => {
  test('has its name in scripts.lua', async () => {
    await using server = await RedisProcess.start();
    await using store = await RedisStore.connect(server.url);
    const token = createToken();
    await store.claim('warm', { token, lease: 60_000 });
    await server.admin.slowlog('RESET');
    await server.admin.config('SET', 'slowlog-log-slower-than', '0');
    await store.claim('key', { token, lease: 60_000 });
    await server.admin.config('SET', 'slowlog-log-slower-than', '10000');
    const log = JSON.stringify(await server.admin.slowlog('GET', 10)).toLowerCase();
    const sha = /"evalsha","([0-9a-f]{40})"/.exec(log)?.[1];
    expect(await read()).toContain(`-- claim: ${sha}\n`);
  });
});
