import { type Level, without } from './levels.ts';
import type { Call, SequentialModel } from './sequential.ts';
import { type Met, States } from './states.ts';
import type { Point } from './visited.ts';

export interface Node<State> extends Point<State> {
  /** What was done so far, the last first; and how much of it had to be done. */
  readonly path: Path | null;
  readonly explained: number;
  /** How many calls were done on the way that need not have been. */
  readonly assumed: number;
}

interface Path {
  readonly call: number;
  readonly before: Path | null;
}

/** What may come next at a point. */
export class Branches<State, Operation> {
  readonly #model: SequentialModel<State, Operation>;
  readonly #calls: readonly Call<Operation>[];
  readonly #levels: readonly Level[];
  readonly #states: States<State, Operation>;
  readonly #effects: string[] = [];

  constructor(
    model: SequentialModel<State, Operation>,
    calls: readonly Call<Operation>[],
    levels: readonly Level[],
  ) {
    this.#model = model;
    this.#calls = calls;
    this.#levels = levels;
    this.#states = new States(model);
  }

  beginning(state: State): Node<State> {
    const met = this.#states.meet(state);
    return { level: 0, met, required: [], optional: [], path: null, explained: 0, assumed: 0 };
  }

  *of(node: Node<State>): Generator<Node<State>, undefined> {
    const level = this.#levels[node.level];
    if (level === undefined) return;
    const { ends } = level;
    if (node.required.includes(ends) || node.optional.includes(ends)) {
      yield ended(node, ends);
      return;
    }
    const open = level.required.filter((call) => !node.required.includes(call));
    const observation = open.find((call) => this.#fits(node, call, ends));
    if (observation !== undefined) {
      yield this.#after(node, observation, node.met);
      return;
    }
    if (this.#calls[ends]?.required !== true) yield ended(node, ends);
    for (const call of open) yield* this.#doing(node, call, ends);
    const effects = new Set<string>();
    for (const call of level.optional) {
      if (node.optional.includes(call)) continue;
      const effect = this.#effect(call);
      if (effects.has(effect)) continue;
      effects.add(effect);
      yield* this.#doing(node, call, ends);
    }
  }

  *#doing(node: Node<State>, call: number, ends: number): Generator<Node<State>, undefined> {
    const operation = this.#calls[call]?.operation;
    const end = this.#calls[ends]?.operation;
    if (operation === undefined || end === undefined) return;
    const isRequired = this.#calls[call]?.required === true;
    if (!isRequired && this.#model.isIdle?.(node.met.state, operation, end) === true) return;
    for (const met of this.#states.step(node.met, operation, end)) {
      // What need not have happened and changes nothing is as if it had not.
      if (isRequired || met !== node.met) yield this.#after(node, call, met);
    }
  }

  #after(node: Node<State>, call: number, met: Met<State>): Node<State> {
    const path = { call, before: node.path };
    const { level, required, optional, explained, assumed } = node;
    const common = { level, met, path };
    return this.#calls[call]?.required === true
      ? {
          ...common,
          required: inserted(required, call),
          optional,
          explained: explained + 1,
          assumed,
        }
      : {
          ...common,
          required,
          optional: inserted(optional, call),
          explained,
          assumed: assumed + 1,
        };
  }

  /** An observation that is right here, and need not have changed anything. */
  #fits({ met }: Node<State>, call: number, ends: number): boolean {
    const operation = this.#calls[call]?.operation;
    const end = this.#calls[ends]?.operation;
    if (operation === undefined || end === undefined || !this.#model.observes(operation))
      return false;
    return this.#states.staysAt(met, operation, end);
  }

  #effect(call: number): string {
    const operation = this.#calls[call]?.operation;
    this.#effects[call] ??= operation === undefined ? '' : this.#model.effect(operation);
    return this.#effects[call];
  }
}

/** What has ended is under way no longer. */
function ended<State>(node: Node<State>, call: number): Node<State> {
  const { level, met, required, optional, path, explained, assumed } = node;
  return {
    level: level + 1,
    met,
    required: without(required, call),
    optional: without(optional, call),
    path,
    explained,
    assumed,
  };
}

function inserted(done: readonly number[], call: number): readonly number[] {
  const place = done.findIndex((other) => other > call);
  return place < 0 ? [...done, call] : done.toSpliced(place, 0, call);
}

export function orderOf({ path }: { readonly path: Path | null }): number[] {
  const order: number[] = [];
  for (let at = path; at !== null; at = at.before) order.push(at.call);
  return order.reverse();
}
