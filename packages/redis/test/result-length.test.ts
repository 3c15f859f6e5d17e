import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const LEASE = 60_000;
/** What the scripts read of a record whose value they do not hand out, in bytes. */
const READ = 512;

describeWithServers('a record that is read in part', () => {
  let server: RedisProcess;
  let store: RedisStore;
  beforeAll(async () => {
    server = await RedisProcess.start();
    store = await RedisStore.connect(server.url);
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });

  /** Completes a claim with a value that makes the whole record so many bytes long. */
  async function completed(key: string, length: number): Promise<string> {
    const token = createToken();
    const claim = await store.claim(key, { token, lease: LEASE });
    if (claim.outcome !== 'acquired') throw new Error('not claimed');
    const header = (digits: number): number =>
      `idem1 done ${claim.fence} ${token}  `.length + digits + 1;
    const bytes = length - header(String(length - header(3)).length);
    await store.complete(key, token, Buffer.alloc(bytes, 'v'), LEASE);
    expect(await server.admin.strlen(`idempotency:${key}`)).toBe(length);
    return token;
  }

  test.each([READ - 1, READ, READ + 1, 4 * READ])(
    'of %i bytes it is a result to whoever comes late, and to everybody else',
    async (length) => {
      const key = `of ${length} bytes`;
      const token = await completed(key, length);
      expect(await store.renew(key, token, LEASE)).toBe(false);
      expect(await store.release(key, token)).toBe(false);
      expect(await store.complete(key, token, Buffer.from('again'), LEASE)).toBe(true);
      expect(await store.exists(key)).toBe(true);
      expect(await store.inspect(key)).toMatchObject({ state: 'completed' });
      await store.store(key, Buffer.from('another'), LEASE);
      expect(await store.find(key)).toEqual(new Uint8Array(Buffer.from('another')));
    },
  );

  test.each([READ, READ + 1, 4 * READ])(
    'of %i bytes it leaves its fence behind when it is removed',
    async (length) => {
      const key = `removed, of ${length} bytes`;
      await completed(key, length);
      await store.remove(key);
      expect(await server.admin.get(`idempotency:${key}`)).toMatch(/^idem1 vacant \d+ remove\n$/);
    },
  );
});
