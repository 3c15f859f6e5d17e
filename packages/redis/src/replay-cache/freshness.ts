/** Proof that the connection which is told of changes was told of all of them until then. */
export interface Proof {
  /** When it was asked for, by `performance.now()`: what changed before that has been told. */
  readonly at: number;
  /** The same by `Date.now()`. */
  readonly wall: number;
  /** Milliseconds that the server's clock is ahead of `performance.now()`, at the most. */
  readonly ahead: number;
}

export function begunNow(): Omit<Proof, 'ahead'> {
  return { at: performance.now(), wall: Date.now() };
}

/** How old what is known may be. */
export class Freshness {
  readonly #maxStaleness: number;
  #proof: Proof | undefined;

  /** @param maxStaleness milliseconds */
  constructor(maxStaleness: number) {
    this.#maxStaleness = maxStaleness;
  }

  prove(proof: Proof): void {
    if (this.#proof === undefined || proof.at > this.#proof.at) this.#proof = proof;
  }

  forget(): void {
    this.#proof = undefined;
  }

  /** Milliseconds since the last proof was asked for, at the most; infinite where there is none. */
  age(now: number): number {
    const proof = this.#proof;
    if (proof === undefined) return Number.POSITIVE_INFINITY;
    const awake = now - proof.at;
    // A machine that slept may have a monotonic clock that slept too; and who replaces it may set it back.
    const all = Date.now() - proof.wall;
    const isDoubtful = awake < 0 || Math.abs(all - awake) > this.#maxStaleness;
    return isDoubtful ? Number.POSITIVE_INFINITY : Math.max(awake, all);
  }

  /** The server's time, at the latest that it can be, in milliseconds since the epoch. */
  serverTime(now: number): number {
    const proof = this.#proof;
    if (proof === undefined) return Number.POSITIVE_INFINITY;
    return proof.at + this.age(now) + proof.ahead;
  }
}
