import { afterEach, beforeEach, vi } from 'vitest';

/** Timers and clocks that only the test moves, for every test of the file. */
export function useFakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Moves every clock by whole milliseconds, firing what is due. */
export async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}
