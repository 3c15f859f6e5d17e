/** Milliseconds after which what has not come never will. */
const LONGEST = 180_000;

/** Rejects when it takes too long: a run that waits for ever has no verdict. */
export async function inTime<T>(what: string, awaited: Promise<T>, most = LONGEST): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${most} ms: ${what}`)), most);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
