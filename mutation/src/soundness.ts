import type { Outcome } from './child-process.ts';
import { Coverage } from './covering/coverage.ts';
import { readSound, type Sound, type SoundBy, writeSound } from './covering/kept.ts';
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
  const { target, texts } = asked;
  const coverage = await Coverage.of(target, texts);
  const { replaced } = coverage;
  const known = await readSound(target.name, texts, replaced);
  const seen = await Promise.all(
    harnesses
      .filter((harness) => known[harness] === undefined)
      .map(async (harness) => ({ harness, sound: await see(asked, harness, coverage, places) })),
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
  { replaced }: Coverage,
  places: Places,
): Promise<Sound | { readonly absent: string }> {
  const { deadline, silence } = PATIENT;
  const task = { harness, first: [], without: [], seed, deadline };
  const plain = await places.with((attempts) => attempts.put({ task, replaced: [], silence }));
  if (plain.answer.kind === 'absent') return { absent: plain.answer.reason };
  if (plain.answer.kind !== 'survived') throw unsound(target, plain);
  const { times } = plain.answer;
  if (replaced.length === 0) return { times, silence: plain.silence, covered: undefined };
  // A process that knows nothing of the marks of another harness.
  const { answer } = await places.with((attempts) =>
    attempts.putFirst({ task: { ...task, covers: true }, replaced, silence }),
  );
  if (answer.kind === 'covered') {
    return { times, silence: plain.silence, covered: answer.covered };
  }
  throw new Error(`${target.name}: what its rules run is not known: ${JSON.stringify(answer)}`);
}

function unsound({ name }: Target, { answer }: Outcome): Error {
  const { by, fault } = { by: answer.kind, fault: '', ...answer };
  return new Error(
    `${name} breaks ${by} without a mistake: ${fault}. Mend that first: a mutant would show nothing.`,
  );
}
