import type { ReferenceStore } from './reference-store.ts';

/** The parts of the reference store that a broken one replaces. */
export type Claim = ReferenceStore['doClaim'];
export type Complete = ReferenceStore['doComplete'];
export type Store = ReferenceStore['doStore'];
export type Release = ReferenceStore['doRelease'];
export type Renew = ReferenceStore['doRenew'];
export type Inspect = ReferenceStore['doInspect'];
export type Begin = ReferenceStore['begin'];
export type Again = ReferenceStore['again'];
export type Conflict = ReferenceStore['conflict'];
export type Replay = ReferenceStore['replay'];
export type Finish = ReferenceStore['finish'];
