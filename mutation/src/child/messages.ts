/** What a process is told: which harness, and in which order the rules are put to it. */
export interface Task {
  readonly harness: string;
  /** Ids; those that are not named come after them. */
  readonly first: readonly string[];
  readonly seed: number;
}

/** What came of it. */
export type Answer =
  | {
      readonly kind: 'survived';
      /** Milliseconds that each rule took that passed. */
      readonly times: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'killed'; readonly by: string; readonly fault: string }
  | { readonly kind: 'absent'; readonly reason: string };
