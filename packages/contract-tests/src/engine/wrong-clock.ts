import { performance } from 'node:perf_hooks';

let restore: (() => void) | undefined;

/** Sets this process's clocks right, where work that never ended has left them wrong. */
export function rightClocks(): void {
  while (restore !== undefined) restore();
}

/**
 * Runs `work` while this process's clocks, `Date` and `performance.now`, are wrong by `offset`
 * milliseconds. They go on running: a driver must not notice more than a clock that was set.
 */
export async function withWrongClock<T>(offset: number, work: () => Promise<T>): Promise<T> {
  const RightDate = globalThis.Date;
  const rightNow = performance.now;
  const wrongNow = (): number => RightDate.now() + offset;
  globalThis.Date = new Proxy(RightDate, {
    construct: (target, parts, newTarget) =>
      Reflect.construct(target, parts.length === 0 ? [wrongNow()] : parts, newTarget),
    apply: () => new RightDate(wrongNow()).toString(),
    get: (target, name) => (name === 'now' ? wrongNow : Reflect.get(target, name)),
  });
  performance.now = () => rightNow.call(performance) + offset;
  const outer = restore;
  const restoreOwn = (): void => {
    globalThis.Date = RightDate;
    performance.now = rightNow;
    restore = outer;
  };
  restore = restoreOwn;
  try {
    return await work();
  } finally {
    // Not those of another, where this work was given up long ago.
    if (restore === restoreOwn) restoreOwn();
  }
}
