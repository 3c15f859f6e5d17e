import type { Attempt, Outcome } from './child-process.ts';
import { Coverage } from './covering/coverage.ts';
import { readSound, type Sound, type SoundBy, writeSound } from './covering/kept.ts';
import type { Mutant } from './mutant.ts';
import { PATIENT } from './patience.ts';
import type { Places } from './places.ts';
import type { Target } from './targets.ts';

export interface Soundness {
  readonly sound: SoundBy;
  readonly coverage: Coverage;
}

interface Asked {
  readonly target: Target;
  readonly texts: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
  readonly seed: number;
}

/**
 * What the contract makes of a target without a mistake, with each harness: how long its rules take,
 * and what of the sources each of them runs. Seen now where no earlier run on the same sources has.
 * Throws for a store that breaks the contract; answers why not where there is no backend.
 */
export async function soundnessOf(
  asked: Asked,
  harnesses: readonly string[],
  places: Places,
): Promise<Soundness | { readonly absent: string }> {
  const { target, texts, mutants } = asked;
  const coverage = await Coverage.of(target, texts, mutants);
  const { replaced } = coverage;
  const known = await readSound(target.name, texts, replaced);
  const seen = await Promise.all(
    harnesses
      .filter((harness) => known[harness]?.covered === undefined)
      .filter((harness) => known[harness] === undefined || coverage.isAsked(harness))
      .map(async (harness) => ({
        harness,
        sound: await see(asked, harness, coverage, places, known[harness]),
      })),
  );
  const found: Record<string, Sound> = { ...known };
  for (const { harness, sound } of seen) {
    if ('absent' in sound) return sound;
    found[harness] = sound;
  }
  await writeSound(target.name, texts, replaced, found);
  for (const [harness, { covered }] of Object.entries(found)) coverage.saw(harness, covered);
  return { sound: found, coverage };
}

async function see(
  { target, seed }: Asked,
  harness: string,
  coverage: Coverage,
  places: Places,
  known: Sound | undefined,
): Promise<Sound | { readonly absent: string }> {
  const { deadline, silence } = PATIENT;
  const task = { harness, first: [], without: [], seed, deadline };
  const plain = known ?? (await plainly(target, { task, replaced: [], silence }, places));
  if ('absent' in plain || !coverage.isAsked(harness)) return plain;
  const covering = { ...task, covers: true };
  // A process that knows nothing of the marks of another harness.
  const { answer } = await places.with((attempts) =>
    attempts.putFirst({ task: covering, replaced: coverage.replaced, silence }),
  );
  if (answer.kind === 'covered') return { ...plain, covered: answer.covered };
  throw new Error(`${target.name}: what its rules run is not known: ${JSON.stringify(answer)}`);
}

async function plainly(
  target: Target,
  attempt: Attempt,
  places: Places,
): Promise<Sound | { readonly absent: string }> {
  const plain = await places.with((attempts) => attempts.put(attempt));
  if (plain.answer.kind === 'absent') return { absent: plain.answer.reason };
  if (plain.answer.kind !== 'survived') throw unsound(target, plain);
  return { times: plain.answer.times, silence: plain.silence, covered: undefined };
}

function unsound({ name }: Target, { answer }: Outcome): Error {
  const { by, fault } = { by: answer.kind, fault: '', ...answer };
  return new Error(
    `${name} breaks ${by} without a mistake: ${fault}. Mend that first: a mutant would show nothing.`,
  );
}
