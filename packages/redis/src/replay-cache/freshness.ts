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

  /** Milliseconds since the last proof was asked for; infinite where there is none. */
  age(now: number): number {
    const proof = this.#proof;
    if (proof === undefined) return Number.POSITIVE_INFINITY;
    const age = now - proof.at;
    // A machine that slept may have a monotonic clock that slept too; and who replaces it may set it back.
    const slept = Math.abs(Date.now() - proof.wall - age);
    return slept > this.#maxStaleness || age < 0 ? Number.POSITIVE_INFINITY : age;
  }

  /** The server's time, at the latest that it can be, in milliseconds since the epoch. */
  serverTime(now: number): number {
    return now + (this.#proof?.ahead ?? Number.POSITIVE_INFINITY);
  }
}
