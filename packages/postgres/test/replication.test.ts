import { createToken, isIdempotencyError } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { ownPostgres, PostgresCluster } from '@idem-workspace/test-servers/postgres';
import { describe, expect, test } from 'vitest';

const LEASE = 600_000;
const CALLERS = 8;

const found = await ownPostgres();
const primary = found instanceof PostgresCluster ? found : undefined;
const title = 'absent' in found ? `a standby (${found.absent})` : 'a standby';

describe.skipIf(primary === undefined)(title, () => {
  test('that commits wait for has all that was acknowledged when it takes over under load', async () => {
    if (primary === undefined) throw new Error('there is no server');
    await using first = primary;
    await using before = await PostgresStore.connect(first.url, { timeout: 60_000 });
    await before.ensureSchema();
    await using second = await first.standby({ synchronous: true });

    expect((await before.diagnose()).map(({ code }) => code)).toEqual([]);
    await using onStandby = await PostgresStore.connect(second.url, { timeout: 60_000 });
    const onIt = await onStandby.diagnose();
    expect(onIt.map(({ code, severity }) => [code, severity])).toEqual([['standby', 'error']]);
    await using impatient = await PostgresStore.connect(second.url, { timeout: 2_000 });
    const refused = (): Promise<unknown> =>
      impatient.claim('on it', { token: createToken(), lease: LEASE }).catch((error) => error);
    // On a busy machine its time may be up before it has an answer.
    const told = { code: 'IDEM_STORE_UNAVAILABLE', retryable: true };
    await expect.poll(refused, { timeout: 60_000 }).toMatchObject(told);

    const claimed = new Map<string, { token: string; fence: number }>();
    const completed = new Map<string, string>();
    // What is under way when the server is gone need not wait for its deadline.
    const stop = new AbortController();
    const { signal } = stop;
    const work = Array.from({ length: CALLERS }, async (_, caller) => {
      for (let n = 0; !signal.aborted; n += 1) {
        const [key, token] = [`${caller}-${n}`, createToken()];
        try {
          const claim = await before.claim(key, { token, lease: LEASE }, { signal });
          if (claim.outcome !== 'acquired') throw new Error(`${key} is ${claim.outcome}`);
          claimed.set(key, { token, fence: claim.fence });
          const done = await before.complete(key, token, Buffer.from(key), LEASE, { signal });
          if (done) completed.set(key, token);
        } catch (error) {
          const isRetryable = isIdempotencyError(error) && error.retryable;
          if (!isRetryable && error !== signal.reason) throw error;
        }
      }
    });
    await expect.poll(() => completed.size, { timeout: 60_000 }).toBeGreaterThan(100);
    await first.crash();
    stop.abort('the server is gone');
    await Promise.all(work);
    await second.promote();

    await using after = await PostgresStore.connect(second.url, { timeout: 60_000 });
    // Nobody follows the new primary, so its commits must wait for nobody.
    await second.set({ synchronous_standby_names: '' });
    for (const [key, { token, fence }] of claimed) {
      const now = await after.inspect(key);
      if (completed.has(key)) {
        expect(Buffer.from((await after.find(key)) ?? []).toString(), key).toBe(key);
        // A completion that is repeated after the failover is the same one.
        expect(await after.complete(key, token, Buffer.from('another'), LEASE), key).toBe(true);
      } else if (now.state === 'claimed') {
        expect(now.fence, key).toBe(fence);
      } else {
        // Its completion was on the standby before anybody was told.
        expect(now.state, key).toBe('completed');
      }
    }
    const [key = ''] = completed.keys();
    await after.remove(key);
    const next = await after.claim(key, { token: createToken(), lease: LEASE });
    expect(next.outcome === 'acquired' && next.fence > (claimed.get(key)?.fence ?? 0)).toBe(true);
  });
});
