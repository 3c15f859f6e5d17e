import { randomInt } from 'node:crypto';

/** The seed of a run: `IDEM_TEST_SEED` where it is set, otherwise a new one. */
export function chooseSeed(): number {
  const { IDEM_TEST_SEED: given } = process.env;
  if (given === undefined || given === '') return randomInt(2 ** 32);
  const seed = Number(given);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new Error(`IDEM_TEST_SEED must be a whole number below 4294967296; it was "${given}".`);
  }
  return seed;
}

/**
 * Whole numbers below a bound, the same ones for the same seed and name (mulberry32). The name is
 * the rule's: a rule draws the same numbers whether it runs alone or after others.
 */
export function seededRandom(seed: number, name: string): (below: number) => number {
  let state = seed;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
