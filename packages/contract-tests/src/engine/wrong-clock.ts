import { performance } from 'node:perf_hooks';

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
  try {
    return await work();
  } finally {
    globalThis.Date = RightDate;
    performance.now = rightNow;
  }
}
