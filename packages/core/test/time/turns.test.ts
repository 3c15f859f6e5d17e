import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { systemRuntime } from '../../src/time/runtime.ts';
import { Timers } from '../../src/time/timers.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function setUp() {
  const setTimeout = vi.spyOn(systemRuntime, 'setTimeout');
  return { setTimeout, timers: new Timers(systemRuntime) };
}

test('what is taken out in the turn in which it was queued sets no timer of the process', async () => {
  const { setTimeout, timers } = setUp();
  for (let n = 0; n < 10; n++) timers.start(1_000, true, () => {})();
  await setImmediate();
  expect(setTimeout).not.toHaveBeenCalled();
});

test('what is still queued when the turn is over sets one, for the earliest', async () => {
  const { setTimeout, timers } = setUp();
  const cancels = [3_000, 1_000, 2_000].map((delay) => timers.start(delay, false, () => {}));
  expect(setTimeout).not.toHaveBeenCalled();
  await setImmediate();
  expect(setTimeout).toHaveBeenCalledTimes(1);
  // Less by the time that has passed.
  expect(setTimeout.mock.lastCall?.[1]).toBeLessThanOrEqual(1_000);
  for (const cancel of cancels) cancel();
});

test('what is due soon fires, though its timer is set a turn later', async () => {
  const { timers } = setUp();
  await new Promise<void>((fired) => timers.start(1, true, fired));
});

test('once what kept the process alive is taken out, what is left does not', async () => {
  const { setTimeout, timers } = setUp();
  const cancels = [true, false].map((keepsAlive, index) =>
    timers.start(10_000 * (2 - index), keepsAlive, () => {}),
  );
  await setImmediate();
  const handle = setTimeout.mock.results[0]?.value;
  const unref = vi.spyOn(handle, 'unref');
  cancels[0]?.();
  await setImmediate();
  expect(setTimeout).toHaveBeenCalledTimes(1);
  expect(unref).toHaveBeenCalledTimes(1);
  cancels[1]?.();
});
