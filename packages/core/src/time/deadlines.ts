/** Something that is due at a time, and knows its place among the others. */
export interface Timed {
  /** Milliseconds, by the clock of whoever asks. */
  deadline: number;
  /** Belongs to `Deadlines`: -1 while it is not among them. */
  slot: number;
}

/**
 * A binary heap, earliest deadline first. Each item knows its slot, so that one whose deadline
 * changes is moved in O(log n), and no stale entry is left behind for a later sweep.
 */
export class Deadlines<T extends Timed> {
  readonly #heap: T[] = [];

  get size(): number {
    return this.#heap.length;
  }

  first(): T | undefined {
    return this.#heap[0];
  }

  add(item: T): void {
    this.#heap.push(item);
    this.#rise(item, this.#heap.length - 1);
  }

  move(item: T, deadline: number): void {
    const earlier = deadline < item.deadline;
    item.deadline = deadline;
    if (earlier) this.#rise(item, item.slot);
    else this.#sink(item, item.slot);
  }

  delete(item: T): void {
    const { slot } = item;
    item.slot = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    if (last.deadline < item.deadline) this.#rise(last, slot);
    else this.#sink(last, slot);
  }

  #rise(item: T, from: number): void {
    let slot = from;
    while (slot > 0) {
      const above = (slot - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || parent.deadline <= item.deadline) break;
      this.#put(parent, slot);
      slot = above;
    }
    this.#put(item, slot);
  }

  #sink(item: T, from: number): void {
    let slot = from;
    for (;;) {
      const left = this.#heap[2 * slot + 1];
      const right = this.#heap[2 * slot + 2];
      if (left === undefined) break;
      const child = right !== undefined && right.deadline < left.deadline ? right : left;
      if (item.deadline <= child.deadline) break;
      const below = child === left ? 2 * slot + 1 : 2 * slot + 2;
      this.#put(child, slot);
      slot = below;
    }
    this.#put(item, slot);
  }

  #put(item: T, slot: number): void {
    this.#heap[slot] = item;
    item.slot = slot;
  }
}
