import { afterEach, expect, test, vi } from 'vitest';
import { Idempotency, isIdempotencyError, type RunContext } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { seeded } from '../support/seeded.ts';
import { TestStore } from '../support/test-store.ts';

useFakeTime();
afterEach(() => {
  vi.restoreAllMocks();
});

const LEASE = 2_000;
const KEYS = 6;
const CALLS = 120;

interface Span {
  readonly fence: number;
  readonly takeover: boolean;
  readonly from: number;
  to: number;
}

/** Three processes, few keys, and a store that loses requests and replies; all from one seed. */
async function storm(seed: number) {
  const random = seeded(seed);
  vi.spyOn(Math, 'random').mockImplementation(random);
  const store = new TestStore();
  const processes = [1, 2, 3].map(
    () => new Idempotency({ store, ttl: 3_600_000, lease: LEASE, wait: 60_000 }),
  );
  const spans = new Map<string, Span[]>();
  const results = new Map<string, unknown[]>();
  const unexpected: unknown[] = [];
  for (const operation of ['claim', 'renew', 'complete', 'release'] as const) {
    for (let n = 0; n < CALLS; n++) {
      const error = new Error('connection reset');
      const when = random() < 0.5 ? 'before' : 'after';
      // Most operations meet no fault: one that is held until now is none.
      const none = { when: 'held', until: Promise.resolve() } as const;
      store.fail(operation, random() < 0.2 ? { when, error } : none);
    }
  }
  const work = (key: string) => async (context: RunContext) => {
    const { fence, takeover } = context;
    const span: Span = { fence, takeover, from: performance.now(), to: Number.POSITIVE_INFINITY };
    spans.set(key, [...(spans.get(key) ?? []), span]);
    await new Promise((resolve) => setTimeout(resolve, random() * LEASE * 2));
    span.to = performance.now();
    if (random() < 0.4) throw new Error('declined');
    return fence;
  };
  const calls: Promise<void>[] = [];
  for (let n = 0; n < CALLS; n++) {
    const key = `k${Math.floor(random() * KEYS)}`;
    const executor = processes[Math.floor(random() * processes.length)];
    const call = executor?.run(key, work(key), { fingerprint: key }).then(
      ({ value }) => void results.set(key, [...(results.get(key) ?? []), value]),
      (error: unknown) => {
        if (!isExpected(error)) unexpected.push(error);
      },
    );
    calls.push(Promise.resolve(call));
    await pass(random() * 200);
  }
  await pass(3_600_000 / 2);
  await Promise.all(calls);
  return { spans, results, unexpected };
}

function isExpected(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  if (message === 'declined' || message === 'connection reset') return true;
  return ['IDEM_LEASE_LOST', 'IDEM_NOT_RECORDED', 'IDEM_IN_PROGRESS'].some(
    (code) => isIdempotencyError(error) && error.code === code,
  );
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('whatever the store loses, seed %i', async (seed) => {
  const { spans, results, unexpected } = await storm(seed);
  expect(unexpected).toEqual([]);
  expect(results.size).toBeGreaterThan(0);
  for (const [key, values] of results) {
    expect(new Set(values).size, `${key}: everyone gets one result`).toBe(1);
  }
  for (const [key, executions] of spans) {
    for (const [at, later] of executions.entries()) {
      for (const earlier of executions.slice(0, at)) {
        expect(later.fence, `${key}: fences grow`).toBeGreaterThan(earlier.fence);
        const alone = earlier.to <= later.from || later.takeover;
        expect(alone, `${key}: two execute only by takeover`).toBe(true);
      }
    }
    const [value] = results.get(key) ?? [];
    const recorded = executions.findIndex((execution) => execution.fence === value);
    if (value !== undefined) {
      expect(recorded, `${key}: nothing executes after the result`).toBe(executions.length - 1);
    }
  }
});

test('after a storm no timer is left', async () => {
  await storm(99);
  expect(vi.getTimerCount()).toBe(0);
});
