/** A mistake in the executor. */
export interface WrongExecutor {
  readonly name: string;
  readonly edits: readonly Edit[];
}

/** Text of a file, there exactly once, and what it is replaced by. */
export interface Edit {
  /** Below packages/core/src. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A mistake in one place. */
export function wrong(name: string, file: string, from: string, to: string): WrongExecutor {
  return { name, edits: [{ file, from, to }] };
}
