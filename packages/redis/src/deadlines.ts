/** Something that must be over by a time. Among the pending ones it is a link of a chain. */
export interface Deadline {
  /** By `performance.now()`. */
  readonly at: number;
  /** Undefined once it is met or has expired. */
  expire: (() => void) | undefined;
  before: Deadline | undefined;
  after: Deadline | undefined;
}

/**
 * Deadlines that are all equally far away, so that the first one in is the first one due. One timer
 * for all: a timer each is a measurable part of an operation.
 *
 * A chain, and one whose links let go of everything when they leave it: in a Set each table that was
 * outgrown keeps hold of the next one, so that what was over long ago grew old together, and the
 * garbage collector took a third of an operation's time.
 */
export class Deadlines {
  readonly #distance: number;
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param distance milliseconds */
  constructor(distance: number) {
    this.#distance = distance;
  }

  /** Calls `expire` when the time is up, unless the deadline is met before. */
  start(expire: () => void): Deadline {
    const before = this.#last;
    const at = performance.now() + this.#distance;
    const deadline: Deadline = { at, expire, before, after: undefined };
    if (before === undefined) this.#first = deadline;
    else before.after = deadline;
    this.#last = deadline;
    this.#timer ??= this.#arm(this.#distance);
    return deadline;
  }

  met(deadline: Deadline): void {
    if (deadline.expire === undefined) return;
    const { before, after } = deadline;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    deadline.expire = deadline.before = deadline.after = undefined;
  }

  // What waits for a reply has a socket that keeps the process alive; this timer need not.
  #arm(delay: number): NodeJS.Timeout {
    return setTimeout(() => this.#expire(), Math.ceil(delay)).unref();
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (let first = this.#first; first !== undefined; first = this.#first) {
      if (first.at > now) {
        this.#timer = this.#arm(first.at - now);
        return;
      }
      const { expire } = first;
      this.met(first);
      expire?.();
    }
  }
}
