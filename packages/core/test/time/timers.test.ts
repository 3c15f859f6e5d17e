import { describe, expect, test, vi } from 'vitest';
import { Idempotency } from '../../src/index.ts';
import { Timers } from '../../src/time/timers.ts';
import { settled } from '../support/fixture.ts';
import { leave } from '../support/leave.ts';
import { ManualRuntime } from '../support/manual-runtime.ts';
import { seeded } from '../support/seeded.ts';
import { TestStore } from '../support/test-store.ts';

const MONTH = 30 * 86_400_000;

function setUp() {
  const runtime = new ManualRuntime();
  return { runtime, timers: new Timers(runtime) };
}

test('thousands of executions are one setTimeout, and renew exactly', async () => {
  const runtime = new ManualRuntime();
  const store = new TestStore(() => runtime.now());
  const here = new Idempotency({ store, ttl: 60_000, lease: 3_000 }, runtime);
  for (let n = 0; n < 3_000; n++) leave(here.run(`k${n}`, () => new Promise(() => {})));
  await settled();
  expect(runtime.timers.size).toBe(1);
  for (let second = 1; second <= 4; second++) {
    runtime.pass(1_000);
    await settled();
    expect(store.count('renew')).toBe(3_000 * second);
    expect(runtime.timers.size).toBe(1);
  }
});

test('what is due fires at its time, earliest first, however it was queued', () => {
  const { runtime, timers } = setUp();
  const random = seeded(1);
  const fired: number[] = [];
  const delays = Array.from({ length: 1_000 }, () => Math.ceil(random() * 10_000));
  for (const delay of delays) {
    timers.start(delay, true, () => {
      expect(runtime.now()).toBeGreaterThanOrEqual(delay - 1);
      expect(runtime.now()).toBeLessThanOrEqual(delay);
      fired.push(delay);
    });
  }
  runtime.pass(10_000);
  expect(fired).toEqual(delays.toSorted((one, other) => one - other));
  expect(runtime.timers.size).toBe(0);
});

test('what is cancelled does not fire, and after the last nothing is left', () => {
  const { runtime, timers } = setUp();
  const fired = vi.fn();
  const cancels = [100, 50, 200].map((delay) => timers.start(delay, true, fired));
  for (const cancel of cancels) {
    cancel();
    cancel();
  }
  expect(runtime.timers.size).toBe(0);
  runtime.pass(1_000);
  expect(fired).not.toHaveBeenCalled();
});

test('what fires may start and cancel others', () => {
  const { runtime, timers } = setUp();
  const fired: string[] = [];
  const cancelled = timers.start(20, true, () => fired.push('cancelled'));
  timers.start(10, true, () => {
    cancelled();
    timers.start(5, true, () => fired.push('started'));
    fired.push('first');
  });
  runtime.pass(100);
  expect(fired).toEqual(['first', 'started']);
});

describe('a timer of any length fires when it is due', () => {
  test.each([1, 2_147_483_647, 2_147_483_648, MONTH, 315_576_000_000])('after %i ms', (delay) => {
    const { runtime, timers } = setUp();
    const fired = vi.fn();
    timers.start(delay, false, fired);
    // To the millisecond that setTimeout itself may be early.
    runtime.pass(Math.max(0, delay - 2));
    expect(fired).not.toHaveBeenCalled();
    runtime.pass(2);
    expect(fired).toHaveBeenCalledTimes(1);
    for (const asked of runtime.delays) expect(asked).toBeLessThanOrEqual(2_147_483_647);
  });

  test('and not at all when it is cancelled on the way', () => {
    const { runtime, timers } = setUp();
    const fired = vi.fn();
    const cancel = timers.start(2 * MONTH, false, fired);
    runtime.pass(MONTH);
    cancel();
    expect(runtime.timers.size).toBe(0);
    runtime.pass(2 * MONTH);
    expect(fired).not.toHaveBeenCalled();
  });
});

describe('the process stays for those who wait, and not for leases', () => {
  test('whatever was queued first', () => {
    const { runtime, timers } = setUp();
    timers.start(100, false, () => {});
    expect(runtime.staysAlive).toBe(false);
    const cancel = timers.start(200, true, () => {});
    expect(runtime.staysAlive).toBe(true);
    cancel();
    expect(runtime.staysAlive).toBe(false);
  });

  test('also when what is due first is only a lease, and after that has fired', () => {
    const { runtime, timers } = setUp();
    timers.start(300, false, () => {});
    timers.start(200, true, () => {});
    timers.start(100, false, () => {});
    expect(runtime.staysAlive).toBe(true);
    runtime.pass(150);
    expect(runtime.staysAlive).toBe(true);
    runtime.pass(100);
    expect(runtime.timers.size).toBe(1);
    expect(runtime.staysAlive).toBe(false);
  });
});

describe('a clock that stands still while the timers go on', () => {
  test('does not put off what is due', () => {
    const { runtime, timers } = setUp();
    vi.spyOn(runtime, 'now').mockReturnValue(0);
    const fired: number[] = [];
    for (const delay of [10, 20, 30]) timers.start(delay, true, () => fired.push(delay));
    runtime.pass(100);
    expect(fired).toEqual([10, 20, 30]);
    expect(timers.now()).toBeGreaterThanOrEqual(29);
  });
});

test('after a stall all that is due fires at once, in order', () => {
  const { runtime, timers } = setUp();
  const fired: number[] = [];
  for (const delay of [300, 100, 200, 2_000]) timers.start(delay, true, () => fired.push(delay));
  runtime.stall(1_000);
  runtime.pass(0);
  expect(fired).toEqual([100, 200, 300]);
  expect(runtime.timers.size).toBe(1);
});
