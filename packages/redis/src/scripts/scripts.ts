import { EXISTS, FIND, INSPECT, remove, store } from './bytes.ts';
import { CLAIM } from './claim.ts';
import { complete } from './complete.ts';
import { RENEW, release } from './hold.ts';
import type { Script } from './script.ts';

/** The script of each operation. */
export interface Scripts {
  readonly find: Script;
  readonly exists: Script;
  readonly store: Script;
  readonly remove: Script;
  readonly claim: Script;
  readonly complete: Script;
  readonly release: Script;
  readonly renew: Script;
  readonly inspect: Script;
}

/**
 * Tells who waits for the key, on the channel that is called like it; in a Cluster every node hears
 * it. What is done is done: that a server forbids to publish must not make it look undone.
 */
const WAKE = "redis.pcall('PUBLISH', KEYS[1], '')\n";

export function scriptsFor(options: {
  readonly wakeUp: boolean;
  readonly replicas: boolean;
}): Scripts {
  const wake = options.wakeUp ? WAKE : '';
  return {
    find: FIND,
    exists: EXISTS,
    store: store(wake),
    remove: remove(wake),
    claim: CLAIM,
    complete: complete(wake, options.replicas),
    release: release(wake),
    renew: RENEW,
    inspect: INSPECT,
  };
}
