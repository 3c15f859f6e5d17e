/** What a process is told: which harness, and in which order the rules are put to it. */
export interface Task {
  readonly harness: string;
  /** The file that says which source is replaced, by what; empty for none. */
  readonly mutant?: string;
  /** A server that runs already, as the target's `server` module describes it; undefined where there is none. */
  readonly server?: unknown;
  /** Ids; those that are not named come after them. */
  readonly first: readonly string[];
  /** Ids that are not put at all: the store as it is breaks them here. */
  readonly without: readonly string[];
  /** Only these ids; undefined for all. */
  readonly only?: readonly string[] | undefined;
  /** Milliseconds after which no further rule is begun; undefined for no end. */
  readonly patience?: number | undefined;
  readonly seed: number;
}

/** What came of it. */
export type Answer =
  | {
      readonly kind: 'survived';
      /** Milliseconds that each rule took that passed. */
      readonly times: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'killed';
      readonly by: string;
      readonly fault: string;
      /** True where no rule saw anything wrong: something only did not come to an end in time. */
      readonly late?: true;
    }
  /** The server does not take it: it is no store with a mistake, and counts neither way. */
  | { readonly kind: 'refused'; readonly by: string; readonly fault: string }
  /** So many rules passed before the patience was over: nothing is known yet. */
  | { readonly kind: 'undecided'; readonly passed: number }
  | { readonly kind: 'absent'; readonly reason: string };

/** The process asks for a crash of the server that it was given, and is told when it runs again. */
export const CRASH = 'crash';
export type Crashed =
  | { readonly crashed: true }
  | { readonly crashed: false; readonly why: string };
