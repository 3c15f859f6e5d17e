/** Where every draw of a run comes from, so that whoever repeats the draws repeats what was asked. */
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

  percent(percent: number): boolean {
    return this.below(100) < percent;
  }

  oneOf<T>(first: T, ...others: readonly T[]): T {
    const drawn = this.below(others.length + 1);
    return drawn === 0 ? first : (others[drawn - 1] ?? first);
  }

  /** One of the names, each as often as its number says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries<number>(weights);
    let left = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0 && isKey(weights, name)) return name;
    }
    throw new RangeError('Every weight is 0.');
  }
}

function isKey<T extends object>(object: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(object, key);
}
