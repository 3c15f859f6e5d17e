import type { Comparison } from './side-by-side.ts';

/** How often something may cost, or must reach, what it is measured against. */
export type Bar = { readonly atMost: number } | { readonly atLeast: number };

let missed = 0;

/** Prints one line: whether the bar is met, the measured number with the spread, and the bar. */
export function judge(
  what: string,
  bar: Bar,
  measured: number,
  [low, high]: readonly [number, number],
): void {
  const met = 'atMost' in bar ? measured <= bar.atMost : measured >= bar.atLeast;
  if (!met) missed += 1;
  const sign = 'atMost' in bar ? `≤ ${bar.atMost}` : `≥ ${bar.atLeast}`;
  console.log(
    `${met ? 'met   ' : 'missed'} ${what.padEnd(58)} ${measured.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}), bar ${sign}`,
  );
}

/** Something that is counted, not measured. */
export function judgeCount(what: string, atMost: number, counted: number): void {
  if (counted > atMost) missed += 1;
  const verdict = counted <= atMost ? 'met   ' : 'missed';
  console.log(`${verdict} ${what.padEnd(58)} ${counted.toLocaleString('en')}, bar ≤ ${atMost}`);
}

/** The rate of a contestant as a share of the first one's. */
export function judgeRatio(what: string, atLeast: number, result: Comparison | undefined): void {
  if (result === undefined) throw new Error(`nothing was measured for ${what}`);
  judge(what, { atLeast }, result.ratio, result.quartiles);
}

/** What a contestant costs of processor time beyond the first one, as a share of what that costs. */
export function judgeExtra(what: string, atMost: number, result: Comparison | undefined): void {
  if (result === undefined) throw new Error(`nothing was measured for ${what}`);
  const [low, high] = result.cpu.quartiles;
  judge(what, { atMost }, 1 / result.cpu.ratio - 1, [1 / high - 1, 1 / low - 1]);
}

/** The last line. */
export function summary(how: string): string {
  const verdict = missed === 0 ? 'Every bar is met.' : `Bars missed: ${missed}.`;
  return `${verdict} ${how}; Node ${process.version}.`;
}

export function ratiosOf(rounds: number): string {
  return `Medians of ${rounds} alternating rounds, in brackets the quartiles`;
}
