import type { SqlChannel } from '@idem/core/sql';
import { TRANSACTION } from '../schema/fragments.ts';
import { remove, store } from '../schema/functions/bytes.ts';
import { argumentsOf, callFunction } from '../schema/functions/function.ts';
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
  /** By itself, once more. */
  readonly completeAgain: string;
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
    completeAgain: completeAgain(names, $),
    release: callFunction(names, release, $),
    renew: callFunction(names, renew, $),
    hold: callFunction(names, hold, $),
    store: callFunction(names, store, $),
    remove: callFunction(names, remove, $),
  };
}

/**
 * `complete` for who was told that it took too long: by the lock, however long that takes. The usual way
 * would be rolled back each time where the write itself is slow, as of a large value on a busy server.
 * It is the way of a transaction of the user's, which this statement is of its own; one that was left
 * open long before is no such thing, and is refused as ever.
 */
function completeAgain(names: Names, $: (n: number) => string): string {
  const sent = argumentsOf(complete.parameters, $);
  const own = `CASE WHEN statement_timestamp() > now() + interval '1 second' THEN NULL ELSE ${TRANSACTION} END`;
  const last = sent.lastIndexOf(', ') + 2;
  return `SELECT ${names.function(complete.name)}(${sent.slice(0, last)}coalesce(${sent.slice(last)}, ${own})) AS outcome`;
}
