import { remove, store } from './bytes.ts';
import { claim } from './claim.ts';
import type { StoreFunction } from './function.ts';
import { complete, hold, release, renew } from './holder.ts';

/** All that the store calls: what creates, drops and grants functions goes by this list. */
export const functions: readonly StoreFunction[] = [
  claim,
  complete,
  release,
  renew,
  hold,
  store,
  remove,
];
