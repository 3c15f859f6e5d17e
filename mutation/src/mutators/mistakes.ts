import type { Mistake } from './texts.ts';

/** Each of these in place of each other, as `pattern` finds them. */
export function swaps(
  mutator: string,
  pattern: RegExp,
  instead: Readonly<Record<string, readonly string[]>>,
): Mistake {
  return { mutator, pattern, replacements: (match) => instead[match] ?? [] };
}

/** What the pattern finds is left out. */
export function omits(mutator: string, pattern: RegExp): Mistake {
  return { mutator, pattern, replacements: () => [''] };
}

/** A whole number is one more. */
export function oneMore(pattern: RegExp): Mistake {
  return { mutator: 'number', pattern, replacements: (match) => [String(BigInt(match) + 1n)] };
}
