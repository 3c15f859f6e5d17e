/** What a process is told: which harness, and in which order the rules are put to it. One after the other. */
export interface Task {
  readonly harness: string;
  /** The file that says which sources are replaced, by what; empty for none. */
  readonly mutant: string;
  /** A server that runs already, as the target's `server` module describes it; undefined where there is none. */
  readonly server?: unknown;
  /** Ids; those that are not named come after them. */
  readonly first: readonly string[];
  /** Ids of rules that are not put to it, because they cannot see it. */
  readonly without: readonly string[];
  /** True where every rule is put to it, to see what of its code each of them runs. */
  readonly covers?: boolean;
  readonly seed: number;
  /** Milliseconds after which a rule hangs. */
  readonly deadline: number;
}

/** What came of it. */
export type Answer =
  | {
      readonly kind: 'survived';
      /** Milliseconds that each rule took that passed. */
      readonly times: Readonly<Record<string, number>>;
      /** Rules for which the machine was too slow, twice, and was not with the store as it is. */
      readonly unheard: readonly string[];
    }
  | {
      readonly kind: 'killed';
      readonly by: string;
      readonly fault: string;
      /** True where no rule saw anything wrong: something only did not come to an end in time. */
      readonly late?: true;
    }
  /** It does not load, or the server does not take it: it is no store with a mistake, and counts neither way. */
  | { readonly kind: 'refused'; readonly by: string; readonly fault: string }
  | { readonly kind: 'covered'; readonly covered: Covered }
  | { readonly kind: 'absent'; readonly reason: string };

/** The marks of what each rule runs. */
export interface Covered {
  /** By the ids of rules; not of one of which it cannot be told. `ts *` may be any of them. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
  /** Run by any rule: as a module is loaded, or nobody knows for whom. */
  readonly always: readonly string[];
}

/**
 * What a process says: that it is alive, each second; that there is a store which the rules can be
 * put to; that it asks for a crash of the server that it was given; its answer; and then that nothing
 * of the mutant goes on, so that it can be told of another.
 */
export type Message = 'alive' | 'loaded' | 'crash' | 'free' | Answer;

export function isAnswer(message: Message): message is Answer {
  return typeof message === 'object';
}

/** The server crashed, and runs again. */
export type Crashed =
  | { readonly crashed: true }
  | { readonly crashed: false; readonly why: string };
