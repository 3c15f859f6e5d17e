/**
 * What happened to the keys of one story, as clients saw it. Every process writes its own events the
 * moment they happen; `at` is in milliseconds of the clock that all processes of a machine share.
 */
export interface History {
  readonly terms: Terms;
  readonly events: readonly Event[];
  /** Executions whose effects were committed, one entry for each effect. */
  readonly effects: readonly string[];
}

/** What the executors of a story are told. Milliseconds. */
export interface Terms {
  readonly story: string;
  readonly lease: number;
  readonly ttl: number;
  readonly maxHold: number;
  readonly recordTimeout: number;
  readonly transactional: boolean;
}

export type Event = Called | Began | Ended | Answered | StoodStill | Removed;

interface Base {
  readonly at: number;
  readonly process: string;
}

export interface Called extends Base {
  readonly kind: 'called';
  readonly call: string;
  readonly key: string;
  readonly wait: number;
  readonly fingerprint: string | undefined;
}

/** The function was called. */
export interface Began extends Base {
  readonly kind: 'began';
  readonly call: string;
  /** Names this execution; also in what it returns or throws. */
  readonly id: string;
  readonly key: string;
  readonly fence: number;
  readonly takeover: boolean;
  readonly token: string;
  /** In a transaction, with its effect. */
  readonly inTransaction: boolean;
}

/** The function is about to return or to throw. */
export interface Ended extends Base {
  readonly kind: 'ended';
  readonly call: string;
  readonly id: string;
  readonly how: 'returns' | 'throws' | 'throws what is recorded' | 'returns what no codec encodes';
  /** Its signal was aborted before. */
  readonly lost: boolean;
}

export interface Answered extends Base {
  readonly kind: 'answered';
  readonly call: string;
  readonly answer: Answer;
}

/** For this long the process did nothing: stopped, busy, or waiting for a processor. */
export interface StoodStill extends Base {
  readonly kind: 'stood still';
  readonly since: number;
}

/** An operator removed what was at the key, at some instant between. */
export interface Removed extends Base {
  readonly kind: 'removed';
  readonly key: string;
  readonly since: number;
}

export type Answer =
  | {
      readonly kind: 'value';
      readonly by: string;
      readonly replayed: boolean;
      readonly fence: number | undefined;
    }
  /** What a function threw. */
  | { readonly kind: 'thrown'; readonly by: string; readonly recorded: boolean }
  /** An error of the library's; `by` is in the value that it carries. */
  | { readonly kind: 'refused'; readonly code: string; readonly by: string | undefined }
  | { readonly kind: 'went away' }
  | { readonly kind: 'failed'; readonly message: string };

/** What a process says of itself that belongs to no story. */
export interface Unhandled extends Base {
  readonly kind: 'unhandled';
  readonly message: string;
}
