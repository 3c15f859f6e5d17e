import type { Node } from './branches.ts';

type Branches<State> = Iterator<Node<State>, undefined>;

/** So many levels further make up for one more assumption. */
const WORTH = 3;

/** What is still to be tried: the deepest first, and that with fewer assumptions before that with more. */
export class Agenda<State> {
  /** By how far they are from the end; of one distance, the last in is the first out. */
  readonly #distances: (Node<State> | Branches<State>)[][] = [];
  readonly #levels: number;
  #least = 0;
  #size = 0;

  constructor(levels: number) {
    this.#levels = levels;
  }

  /** How much waits to be tried. */
  get size(): number {
    return this.#size;
  }

  add(node: Node<State>): void {
    this.#add(this.#distanceOf(node), node);
  }

  /** What comes after the node is to be tried. */
  follow(node: Node<State>, branches: Branches<State>): void {
    this.#add(this.#distanceOf(node), branches);
  }

  next(): Node<State> | undefined {
    while (this.#least < this.#distances.length) {
      const nearest = this.#distances[this.#least] ?? [];
      const top = nearest.at(-1);
      if (top === undefined) {
        this.#least += 1;
      } else if ('met' in top) {
        this.#drop(nearest);
        return top;
      } else {
        const { done, value: node } = top.next();
        if (done === true) this.#drop(nearest);
        else if (this.#distanceOf(node) <= this.#least) return node;
        else this.add(node);
      }
    }
    return undefined;
  }

  #add(distance: number, entry: Node<State> | Branches<State>): void {
    while (this.#distances.length <= distance) this.#distances.push([]);
    this.#distances[distance]?.push(entry);
    this.#size += 1;
    this.#least = Math.min(this.#least, distance);
  }

  #drop(nearest: unknown[]): void {
    nearest.pop();
    this.#size -= 1;
  }

  #distanceOf({ level, assumed }: Node<State>): number {
    return this.#levels - level + WORTH * assumed;
  }
}
