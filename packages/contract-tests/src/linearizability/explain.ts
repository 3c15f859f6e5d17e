import { type KeyState, untouched } from '../model/state.ts';
import { claimsModel } from './claims.ts';
import { hasReturned, isObservation, type Recorded } from './history.ts';
import { type Found, search } from './search.ts';

export type Explanation =
  | { readonly outcome: 'explained'; readonly order: readonly Recorded[]; readonly tried: number }
  | {
      readonly outcome: 'inexplicable';
      /** The order that explains most answers. */
      readonly furthest: readonly Recorded[];
      /** How the search failed: in terms of `considered`. */
      readonly found: Extract<Found<KeyState>, { readonly outcome: 'inexplicable' }>;
      readonly considered: readonly Recorded[];
      readonly tried: number;
    }
  /** The search was given up: nothing is known. */
  | { readonly outcome: 'undecided'; readonly tried: number };

/** Points of the search, some seconds of work. */
export const MOST_TRIED = 500_000;

/** Looks for an order of one key's history that the contract allows. */
export function explain(
  history: readonly Recorded[],
  start: readonly KeyState[] = [untouched],
  most: number = MOST_TRIED,
): Explanation {
  // What may be left out and changes nothing helps no order.
  const considered = history.filter(
    (recorded) => hasReturned(recorded) || !isObservation(recorded),
  );
  const calls = considered.map((recorded) => ({
    operation: recorded,
    invoked: recorded.invoked,
    returned: recorded.returned,
    required: hasReturned(recorded),
  }));
  const found = search(claimsModel(considered, start), start, calls, most);
  const inOrder = (order: readonly number[]): Recorded[] =>
    order.flatMap((index) => considered[index] ?? []);
  switch (found.outcome) {
    case 'explained':
      return { ...found, order: inOrder(found.order) };
    case 'inexplicable':
      return { ...found, furthest: inOrder(found.furthest), found, considered };
    case 'undecided':
      return found;
  }
}
