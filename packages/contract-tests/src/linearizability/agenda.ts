import type { Node } from './branches.ts';

type Branches<State> = Iterator<Node<State>, undefined>;

/** What is still to be tried: with the fewest assumptions first, and among these the deepest. */
export class Agenda<State> {
  readonly #plans: Plan<State>[] = [];
  #least = 0;

  add(node: Node<State>): void {
    this.#planOf(node.assumed).waiting.push(node);
  }

  /** What comes after the node is tried next, as far as it assumes no more. */
  follow(node: Node<State>, branches: Branches<State>): void {
    this.#planOf(node.assumed).stack.push(branches);
  }

  next(): Node<State> | undefined {
    while (this.#least < this.#plans.length) {
      const plan = this.#planOf(this.#least);
      const top = plan.stack.at(-1);
      if (top === undefined) {
        const node = plan.waiting[plan.taken];
        plan.taken += 1;
        if (node !== undefined) return node;
        this.#plans[this.#least] = emptyPlan();
        this.#least += 1;
        continue;
      }
      const { done, value: node } = top.next();
      if (done === true) plan.stack.pop();
      else if (node.assumed === this.#least) return node;
      else this.add(node);
    }
    return undefined;
  }

  #planOf(assumed: number): Plan<State> {
    const plan = this.#plans[assumed] ?? emptyPlan<State>();
    this.#plans[assumed] = plan;
    return plan;
  }
}

interface Plan<State> {
  /** Those under way, the deepest last. */
  readonly stack: Branches<State>[];
  /** In the order in which they came, which is the deepest first. */
  readonly waiting: Node<State>[];
  taken: number;
}

function emptyPlan<State>(): Plan<State> {
  return { stack: [], waiting: [], taken: 0 };
}
