/** A mistake in the executor: text of one of its files, replaced. */
export interface WrongExecutor {
  readonly name: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  /** Below packages/core/src. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const wrongExecutors: readonly WrongExecutor[] = [];
