import type { SequentialModel } from './sequential.ts';

/** A state that was met: one object for each, so that it is compared by identity and named once. */
export interface Met<State> {
  readonly state: State;
  /** Stands for its name. */
  readonly id: number;
  readonly bound: number;
}

/** Where operations lead from a state, if they take effect before `end` is over. */
interface Steps<State, Operation> {
  readonly end: Operation;
  readonly after: Map<Operation, readonly Met<State>[]>;
}

/** What the model does, each state met once. */
export class States<State, Operation> {
  readonly #model: SequentialModel<State, Operation>;
  readonly #ids: Map<string, number> = new Map();
  readonly #met: Map<number, Map<number, Met<State>>> = new Map();
  /** Of the states that were last met: a point is followed by others of its state, and of its end. */
  readonly #steps: WeakMap<Met<State>, Steps<State, Operation>> = new WeakMap();

  constructor(model: SequentialModel<State, Operation>) {
    this.#model = model;
  }

  meet(state: State): Met<State> {
    const name = this.#model.name(state);
    const bound = this.#model.bound(state);
    const id = this.#ids.get(name) ?? this.#ids.size;
    this.#ids.set(name, id);
    const ofName = this.#met.get(id) ?? new Map<number, Met<State>>();
    this.#met.set(id, ofName);
    const known = ofName.get(bound) ?? { state, id, bound };
    ofName.set(bound, known);
    return known;
  }

  step(from: Met<State>, operation: Operation, end: Operation): readonly Met<State>[] {
    const steps = this.#stepsOf(from, end);
    const known = steps.get(operation);
    if (known !== undefined) return known;
    const next = this.#model
      .step(from.state, operation, end)
      .map((state) => (state === from.state ? from : this.meet(state)));
    steps.set(operation, next);
    return next;
  }

  #stepsOf(from: Met<State>, end: Operation): Steps<State, Operation>['after'] {
    const known = this.#steps.get(from);
    if (known?.end === end) return known.after;
    const after = new Map<Operation, readonly Met<State>[]>();
    this.#steps.set(from, { end, after });
    return after;
  }

  /** True where the operation may leave the state as it is. */
  staysAt(at: Met<State>, operation: Operation, end: Operation): boolean {
    return this.step(at, operation, end).includes(at);
  }
}
