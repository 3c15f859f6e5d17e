import { backlog } from './backlog.ts';
import { exists, find, remove, store } from './bytes.ts';
import { claim } from './claim.ts';
import { complete, release, renew } from './holder.ts';
import { inspect } from './inspect.ts';
import type { Procedure } from './procedure.ts';
import { purge } from './purge.ts';

/** All that the store calls: what creates, drops and counts procedures goes by this list. */
export const procedures: readonly Procedure[] = [
  find,
  exists,
  store,
  remove,
  claim,
  complete,
  release,
  renew,
  inspect,
  purge,
  backlog,
];
