/** Where every draw of a run comes from, so that whoever repeats the draws repeats the run. */
export class Chance {
  /** A whole number from 0 to one less than `n`. */
  readonly below: (n: number) => number;

  constructor(below: (n: number) => number) {
    this.below = below;
  }

  /** Draws that depend on the seed alone (mulberry32). */
  static fromSeed(seed: number): Chance {
    let state = (seed ^ 0x9e3779b9) >>> 0;
    return new Chance((n) => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * n);
    });
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + this.below(Math.max(0, Math.floor(most - least)) + 1);
  }

  /** True in so many of a hundred draws. */
  percent(percent: number): boolean {
    return percent > 0 && this.below(100) < percent;
  }

  oneOf<T>(first: T, ...others: readonly T[]): T {
    const drawn = this.below(others.length + 1);
    return drawn === 0 ? first : (others[drawn - 1] ?? first);
  }
}
