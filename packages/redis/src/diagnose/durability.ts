import type { Support } from '@idem/core';
import { masters, type RedisClient } from '../client.ts';
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
  for (const { server, appendOnly, appendfsync } of servers) {
    if (appendOnly === null || (appendOnly && appendfsync === null)) return UNKNOWN;
    if (!appendOnly) return { promised: false, reason: `${server} has appendonly no.` };
    if (appendfsync !== 'always') {
      const reason = `${server} has appendfsync ${appendfsync}: a crash may lose what it acknowledged last.`;
      return { promised: false, reason };
    }
  }
  return { promised: true };
}

/** Asks; a server that does not answer this question still serves the store. */
export async function durabilityOf(client: RedisClient): Promise<Support> {
  try {
    return durabilityFrom(await factsOf(client));
  } catch {
    return UNKNOWN;
  }
}

/** The facts of the server, or of every master of the Cluster. */
export async function factsOf(client: RedisClient): Promise<readonly Facts[]> {
  return Promise.all(masters(client).map(readFacts));
}
