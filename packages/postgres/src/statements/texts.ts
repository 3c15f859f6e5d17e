import type { SqlChannel } from '@idem/core/sql';
import { remove, store } from '../schema/functions/bytes.ts';
import { callFunction } from '../schema/functions/function.ts';
import { complete, hold, release, renew } from '../schema/functions/holder.ts';
import type { Names } from '../schema/names.ts';
import { claim, exists, find, inspect, type ReadClock } from './reads.ts';

export type { ReadClock } from './reads.ts';

/** The text of each operation, the same every time, so that it can be prepared. */
export interface Texts {
  readonly find: string;
  readonly exists: string;
  readonly inspect: string;
  readonly claim: string;
  readonly complete: string;
  readonly release: string;
  readonly renew: string;
  readonly hold: string;
  readonly store: string;
  readonly remove: string;
}

export function textsOf(names: Names, channel: SqlChannel, clock: ReadClock): Texts {
  const $ = (n: number): string => channel.placeholder(n);
  return {
    find: find(names, $, clock),
    exists: exists(names, $, clock),
    inspect: inspect(names, $, clock),
    claim: claim(names, $),
    complete: callFunction(names, complete, $),
    release: callFunction(names, release, $),
    renew: callFunction(names, renew, $),
    hold: callFunction(names, hold, $),
    store: callFunction(names, store, $),
    remove: callFunction(names, remove, $),
  };
}
