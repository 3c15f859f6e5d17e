import { afterEach, beforeEach, vi } from 'vitest';

let stalled = 0;

/** Timers and clocks that only the test moves, for every test of the file. */
export function useFakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    stalled = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + stalled);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
}

/** Moves every clock by whole milliseconds, firing what is due. */
export async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

/**
 * The event loop stalls: the clock moves on and no timer fires. What is in the sockets by then is
 * handled before them, as it is after a real stall.
 */
export function stall(milliseconds: number): void {
  stalled += milliseconds;
}
