export type OperationName =
  | 'find'
  | 'exists'
  | 'store'
  | 'remove'
  | 'claim'
  | 'complete'
  | 'release'
  | 'renew'
  | 'inspect';

export const operationNames: readonly OperationName[] = [
  'find',
  'exists',
  'store',
  'remove',
  'claim',
  'complete',
  'release',
  'renew',
  'inspect',
];

/** What a caller can do, with the two operations apart that do something else when they are repeated. */
export type Move = OperationName | 'claim again' | 'complete again';

export const moves: readonly Move[] = [
  'find',
  'exists',
  'inspect',
  'store',
  'remove',
  'claim',
  'claim again',
  'complete',
  'complete again',
  'renew',
  'release',
];

/** What must hold of every move for which it means something. */
export type Property =
  | 'keys'
  | 'tokens'
  | 'fingerprints'
  | 'lapses'
  | 'clients-clock'
  | 'long-times'
  | 'moment'
  | 'values'
  | 'crash'
  | 'fences'
  | 'load'
  | 'apart'
  | 'anew'
  | 'closing'
  | 'aborting';

/** Which cells of the matrix of properties and moves a rule proves. */
export interface Proof {
  readonly property: Property;
  readonly moves: readonly Move[];
  /** True when a driven clock lets it see more than one that runs. */
  readonly driven?: boolean | undefined;
}

/** The move as a part of a rule's id. */
export function idOf(move: Move): string {
  return move.replace(' ', '-');
}
