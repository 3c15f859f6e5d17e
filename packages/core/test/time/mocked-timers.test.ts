import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemRuntime } from '../../src/time/runtime.ts';
import { Timers } from '../../src/time/timers.ts';

afterEach(() => {
  vi.useRealTimers();
});

const mock = (): unknown =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

/** Timers are mocked and restored while the executor of a process lives, by tests that do not know of it. */
describe('what is queued outlives', () => {
  test('timers that are mocked later: the next that is queued brings the others along', () => {
    const timers = new Timers(systemRuntime);
    const early = vi.fn();
    timers.start(86_400_000, false, early);
    // The mocked clock begins at nought, and this process did so a while ago.
    const uptime = Math.ceil(performance.now());
    mock();
    const cancel = timers.start(1_000, false, () => {});
    cancel();
    const late = vi.fn();
    timers.start(2_000, false, late);
    vi.advanceTimersByTime(2_000);
    expect(late).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(86_400_000 + uptime);
    expect(early).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('mocked timers that are restored before they fired', async () => {
    mock();
    const timers = new Timers(systemRuntime);
    const lost = new Promise<void>((fired) => timers.start(50, true, fired));
    vi.useRealTimers();
    await new Promise<void>((fired) => timers.start(1, true, fired));
    // Its clock is another now; what was due by the old one is due, sooner or later.
    timers.start(1, true, () => {});
    await lost;
  });

  test('mocked timers that are mocked anew', () => {
    mock();
    const timers = new Timers(systemRuntime);
    const fired = vi.fn();
    timers.start(100, false, fired);
    vi.useRealTimers();
    mock();
    timers.start(200, false, fired);
    vi.advanceTimersByTime(100_000);
    expect(fired).toHaveBeenCalledTimes(2);
  });
});

test('a timer is cleared by the timers that made it', () => {
  const timers = new Timers(systemRuntime);
  const cancel = timers.start(86_400_000, false, () => {});
  mock();
  const cleared = vi.spyOn(globalThis, 'clearTimeout');
  cancel();
  expect(cleared).not.toHaveBeenCalled();
});

test('timers that are plain numbers, as of some mocks, serve as well', () => {
  mock();
  const fake = globalThis.setTimeout;
  const plain = (fire: () => void, delay: number): number => Number(fake(fire, delay));
  vi.stubGlobal('setTimeout', plain);
  vi.stubGlobal('clearTimeout', (id: number) => vi.clearAllTimers() ?? id);
  const timers = new Timers(systemRuntime);
  const fired = vi.fn();
  timers.start(100, false, fired);
  vi.advanceTimersByTime(100);
  expect(fired).toHaveBeenCalledTimes(1);
  const cancel = timers.start(100, true, fired);
  cancel();
  vi.advanceTimersByTime(100);
  expect(fired).toHaveBeenCalledTimes(1);
  vi.unstubAllGlobals();
});
