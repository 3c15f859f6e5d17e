import { afterEach, expect, test, vi } from 'vitest';
import { systemRuntime } from '../../src/time/runtime.ts';
import { Timers } from '../../src/time/timers.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('what is due after something that throws is due all the same', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const timers = new Timers(systemRuntime);
  const [together, later] = [vi.fn(), vi.fn()];
  timers.start(10, true, () => {
    throw new Error('a mistake of the application');
  });
  timers.start(10, true, together);
  timers.start(50, true, later);
  expect(() => vi.advanceTimersByTime(20)).toThrow('a mistake of the application');
  vi.advanceTimersByTime(20);
  expect(together).toHaveBeenCalledTimes(1);
  expect(later).not.toHaveBeenCalled();
  vi.advanceTimersByTime(20);
  expect(later).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
