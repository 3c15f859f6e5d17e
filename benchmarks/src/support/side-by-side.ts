/** One way of doing the work. Resolves when one unit of it is done. */
export interface Contestant {
  readonly name: string;
  run(unit: number): Promise<unknown>;
}

export interface Rounds {
  /** Rounds that count; as many in each order. */
  readonly rounds: number;
  /** Units of work in each round. */
  readonly units: number;
  /** Units under way at a time. */
  readonly concurrency: number;
  /** Called before each round of all contestants, and not measured. */
  readonly prepare?: () => unknown;
}

export interface Comparison {
  readonly name: string;
  /** Units per second, the median of the rounds. */
  readonly median: number;
  /** To the first contestant: the median of the ratios of neighbouring rounds. */
  readonly ratio: number;
  /** Between which a half of those ratios lie. */
  readonly quartiles: readonly [number, number];
  /** The same of the processor time that this process took for the work: others on the machine do not change it. */
  readonly cpu: { readonly ratio: number; readonly quartiles: readonly [number, number] };
}

/**
 * Measures contestants side by side: round by round, in turn, and in the other order every second
 * time, so that a machine that slows down or speeds up does so for all of them.
 */
export async function sideBySide(
  contestants: readonly Contestant[],
  rounds: Rounds,
): Promise<readonly Comparison[]> {
  const rates = contestants.map((): Rate[] => []);
  let unit = 0;
  for (let round = -1; round < rounds.rounds; round += 1) {
    await rounds.prepare?.();
    const order = contestants.map((_, index) => index);
    if (round % 2 === 0) order.reverse();
    for (const index of order) {
      const contestant = contestants[index];
      if (contestant === undefined) continue;
      const rate = await measure(contestant, rounds, unit);
      unit += rounds.units;
      // The first round warms up.
      if (round >= 0) rates[index]?.push(rate);
    }
  }
  return contestants.map(({ name }, index) => {
    const of = (of: keyof Rate): number[] => rates[index]?.map((rate) => rate[of]) ?? [];
    const first = (of: keyof Rate): number[] => rates[0]?.map((rate) => rate[of]) ?? [];
    return {
      name,
      median: median(of('wall')),
      ...shares(of('wall'), first('wall')),
      cpu: shares(of('cpu'), first('cpu')),
    };
  });
}

/** Units per second: of the clock's, and of the processor time of this process. */
interface Rate {
  readonly wall: number;
  readonly cpu: number;
}

function shares(
  own: readonly number[],
  first: readonly number[],
): { readonly ratio: number; readonly quartiles: readonly [number, number] } {
  const ratios = own.map((rate, round) => rate / (first[round] ?? Number.NaN));
  return { ratio: median(ratios), quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)] };
}

async function measure(
  contestant: Contestant,
  { units, concurrency }: Rounds,
  from: number,
): Promise<Rate> {
  let next = from;
  const end = from + units;
  const worker = async (): Promise<void> => {
    while (next < end) await contestant.run(next++);
  };
  const before = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const wall = (units / (performance.now() - started)) * 1000;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (units / (user + system)) * 1e6 };
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** Linear between the two nearest. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

export function line(comparison: Comparison): string {
  const { name, median: rate, ratio, quartiles, cpu } = comparison;
  const [low, high] = quartiles;
  const rates = Math.round(rate).toLocaleString('en').padStart(9);
  return `  ${name.padEnd(44)} ${rates}/s   ${ratio.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)}), by CPU ${cpu.ratio.toFixed(3)}`;
}
