import { setTimeout as sleep } from 'node:timers/promises';
import type { Support } from '@idem/core';
import type { Driver } from '../driver/driver.ts';
import { type Facts, readFacts } from './facts.ts';

export const UNASKED: Support = {
  promised: false,
  reason: 'The server has not been asked how it keeps records; store.diagnose() asks it.',
};

const UNKNOWN: Support = {
  promised: false,
  reason: 'The server does not say how it keeps records; see the findings of store.diagnose().',
};

/** Promised when every server writes each command to disk before it answers. */
export function durabilityFrom(servers: readonly Facts[]): Support {
  if (servers.length === 0) return UNKNOWN;
  for (const { server, appendOnly, appendfsync, pausesFsync } of servers) {
    if (appendOnly === null || (appendOnly && appendfsync === null)) return UNKNOWN;
    if (!appendOnly) return { promised: false, reason: `${server} has appendonly no.` };
    if (appendfsync !== 'always') {
      const reason = `${server} has appendfsync ${appendfsync}: a crash may lose what it acknowledged last.`;
      return { promised: false, reason };
    }
    if (pausesFsync !== false) {
      const reason = `${server} has no-appendfsync-on-rewrite yes: a crash while it rewrites its log may lose what it acknowledged.`;
      return { promised: false, reason };
    }
  }
  return { promised: true };
}

/**
 * Asks; a server that does not answer this question still serves the store.
 *
 * @param timeout milliseconds to wait for it
 */
export async function durabilityOf(driver: Driver, timeout: number): Promise<Support> {
  const late = new AbortController();
  try {
    return await Promise.race([
      factsOf(driver).then(durabilityFrom),
      sleep(timeout, UNKNOWN, { signal: late.signal }),
    ]);
  } catch {
    return UNKNOWN;
  } finally {
    late.abort();
  }
}

/** The facts of the server, or of every master of the Cluster. */
export async function factsOf(driver: Driver): Promise<readonly Facts[]> {
  return Promise.all((await driver.masters()).map(readFacts));
}
