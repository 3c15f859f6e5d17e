/** Lets rules run side by side, and alone those that must be. */
export class Gate {
  readonly #most: number;
  readonly #waiting: { exclusive: boolean; enter: () => void }[] = [];
  #running = 0;
  #alone = false;

  /** @param most how many may run side by side */
  constructor(most: number) {
    this.#most = most;
  }

  async run<T>(exclusive: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ exclusive, enter });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#alone = false;
      this.#admit();
    }
  }

  #admit(): void {
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || this.#alone || this.#running >= this.#most) return;
      if (next.exclusive && this.#running > 0) return;
      this.#waiting.shift();
      this.#running += 1;
      this.#alone = next.exclusive;
      next.enter();
    }
  }
}
