/** So many of these, drawn by the seed: the same seed draws the same from the same list. */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  const left = [...all];
  const drawn: T[] = [];
  let state = seed >>> 0;
  while (drawn.length < count && left.length > 0) {
    // A linear congruential generator (Knuth, TAOCP 3.3.4): what is drawn need not be secret.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    drawn.push(...left.splice(Math.floor((state / 2 ** 32) * left.length), 1));
  }
  return drawn;
}
