import type { ConnectionConfiguration } from 'tedious';
import { type ConnectionSource, isConfiguration } from './source.ts';

/**
 * The driver's limits, by that of the operations: opening a connection gives up before it, so that a server
 * that is silent is told from a pool that is empty, and a request after it, so that it is not cut short.
 * What the configuration says itself goes before.
 *
 * @param timeout milliseconds of one operation
 */
export function withTimeouts(source: ConnectionSource, timeout: number): ConnectionSource {
  const timeouts = { connectTimeout: Math.ceil(timeout * 0.8), requestTimeout: timeout + 1_000 };
  const timed = (config: ConnectionConfiguration): ConnectionConfiguration => ({
    ...config,
    options: { ...timeouts, ...config.options },
  });
  if (typeof source !== 'function') return timed(source);
  return async () => {
    const config = await answered(source, timeouts.connectTimeout);
    // What is none is refused as what the function gave.
    return isConfiguration(config) ? timed(config) : config;
  };
}

/** A token service that is silent would hold up the pool, and its end, for as long as it is. */
async function answered(
  source: () => ConnectionConfiguration | Promise<ConnectionConfiguration>,
  patience: number,
): Promise<ConnectionConfiguration> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const error = new Error(`It gave no configuration within ${patience} ms.`);
    timer = setTimeout(() => reject(error), patience);
  });
  try {
    return await Promise.race([source(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
