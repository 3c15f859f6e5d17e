import { readFile } from 'node:fs/promises';
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { expect, test } from 'vitest';
import { assemble, layout, NAMES } from '../scripts/assemble.ts';
import { scriptsFile } from '../scripts/scripts-file.ts';
import { textsFile } from '../scripts/texts-file.ts';
import { CLAIM_KEPT, DONE } from '../src/scripts/record.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const at = (file: string): Promise<string> =>
  readFile(new URL(`../${file}`, import.meta.url), 'utf8');
const read = (): Promise<string> => at('scripts.lua');

test('what is assembled from lua/ is current', async () => {
  const remedy = 'run "pnpm --filter @idem/redis write-scripts"';
  expect(await at('src/scripts/texts.ts'), remedy).toBe(textsFile());
  expect(await read(), remedy).toBe(scriptsFile());
});

test('client and scripts agree on the layout', () => {
  expect(layout().get('DONE')).toBe(`'${DONE}'`);
  expect(layout().get('DONE_LENGTH')).toBe(`${DONE.length}`);
  expect(layout().get('CLAIM_KEPT')).toBe(`${CLAIM_KEPT}`);
});

test('no script is sent the name of a constant, or an include', () => {
  for (const name of NAMES) {
    const text = assemble(name);
    expect(text).not.toMatch(/-- include/);
    for (const [, word] of text.replace(/'[^']*'/g, '').matchAll(/\b([A-Z_]{2,})\b/g)) {
      expect(['KEYS', 'ARGV']).toContain(word);
    }
  }
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
