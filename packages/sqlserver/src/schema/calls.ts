import type { Names } from './names.ts';
import { exists, find, remove, store } from './procedures/bytes.ts';
import { claim } from './procedures/claim.ts';
import { complete, release, renew } from './procedures/holder.ts';
import { callProcedure } from './procedures/procedure.ts';
import { purge } from './procedures/purge.ts';

/** The statement of each operation: the same text every time. */
export interface Calls {
  readonly Find: string;
  readonly Exists: string;
  readonly Store: string;
  readonly Remove: string;
  readonly Claim: string;
  readonly Complete: string;
  readonly Release: string;
  readonly Renew: string;
  readonly Purge: string;
}

export function calls(names: Names): Calls {
  return {
    Find: callProcedure(names, find),
    Exists: callProcedure(names, exists),
    Store: callProcedure(names, store),
    Remove: callProcedure(names, remove),
    Claim: callProcedure(names, claim),
    Complete: callProcedure(names, complete),
    Release: callProcedure(names, release),
    Renew: callProcedure(names, renew),
    Purge: callProcedure(names, purge),
  };
}
