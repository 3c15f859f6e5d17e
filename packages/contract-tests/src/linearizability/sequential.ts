/** What an object does when one operation follows the other: what a concurrent history is held against. */
export interface SequentialModel<State, Operation> {
  /**
   * Every state in which the operation, with what it answered, may leave the object; none where it
   * cannot answer so. It takes effect before `end` is over.
   */
  step(state: State, operation: Operation, end: Operation): readonly State[];
  /** What a state allows, but for its bound. */
  name(state: State): string;
  /** Of two states of one name, the one with the lower bound allows whatever the other allows. */
  bound(state: State): number;
  /** True for an operation that, with its answer, leaves every state at least as it was: it may learn, never change. */
  observes(operation: Operation): boolean;
  /** True for an operation that changes nothing that counts in this state, if it takes effect before `end` is over. */
  isIdle?(state: State, operation: Operation, end: Operation): boolean;
  /** Operations of one effect do the same to every state, whenever they take effect. */
  effect(operation: Operation): string;
}

/** One operation of a concurrent history. */
export interface Call<Operation> {
  readonly operation: Operation;
  readonly invoked: number;
  /** The last moment at which it can have taken effect; Infinity when there is none. */
  readonly returned: number;
  /** False for an operation that may have taken effect or not. */
  readonly required: boolean;
}
