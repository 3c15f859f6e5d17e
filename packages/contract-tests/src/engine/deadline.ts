// Taken now: an adapter that replaces the global timers must not take the deadlines with it.
const { setTimeout, clearTimeout } = globalThis;

/** Rejects with `late()` when the work is not done within `milliseconds`; the work itself cannot be stopped. */
export async function within<T>(
  milliseconds: number,
  work: Promise<T>,
  late: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const lateness = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([work, lateness]);
  } finally {
    clearTimeout(timer);
  }
}
