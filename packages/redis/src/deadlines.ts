export interface Deadline {
  /** By `performance.now()`. */
  readonly at: number;
  readonly expire: () => void;
}

/**
 * Deadlines that are all equally far away, so that the first one in is the first one due. One timer
 * for all: a timer each is a measurable part of an operation.
 */
export class Deadlines {
  readonly #distance: number;
  readonly #pending = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  /** @param distance milliseconds */
  constructor(distance: number) {
    this.#distance = distance;
  }

  /** Calls `expire` when the time is up, unless the deadline is met before. */
  start(expire: () => void): Deadline {
    const deadline = { at: performance.now() + this.#distance, expire };
    this.#pending.add(deadline);
    this.#timer ??= this.#arm(this.#distance);
    return deadline;
  }

  met(deadline: Deadline): void {
    this.#pending.delete(deadline);
  }

  // What waits for a reply has a socket that keeps the process alive; this timer need not.
  #arm(delay: number): NodeJS.Timeout {
    return setTimeout(() => this.#expire(), Math.ceil(delay)).unref();
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const deadline of this.#pending) {
      if (deadline.at > now) {
        this.#timer = this.#arm(deadline.at - now);
        return;
      }
      this.#pending.delete(deadline);
      deadline.expire();
    }
  }
}
