import { parseArgs } from 'node:util';
import { type Target, targets } from './targets.ts';

/** What the command line asks for. */
export interface Command {
  readonly targets: readonly Target[];
  /** Whether they were named: then one that cannot be tried is a failure. */
  readonly named: boolean;
  /** How many mutants of each target; undefined for all. */
  readonly sample: number | undefined;
  /** One of so many equal parts, drawn by the seed: for a run that goes on over several nights. */
  readonly part: { readonly nth: number; readonly of: number } | undefined;
  readonly seed: number;
  readonly workers: number;
  /** How many of those that were judged are put to the rules at once. */
  readonly together: number;
  /** Only those whose file or line contains this. */
  readonly only: string;
  /** Only those that no earlier run on the same sources has caught: survivors, and what was not reached. */
  readonly open: boolean;
  /** Tries none, and tells what earlier runs on the same sources have found. */
  readonly known: boolean;
  /** Notes the score for the README. */
  readonly write: boolean;
  /** Prints the mutants and tries none. */
  readonly list: boolean;
}

export const usage = `Usage: mutate [${targets.map(({ name }) => name).join('] [')}] [options]

Makes small mistakes in the sources of a store, puts the contract to each, and lists what no rule
caught. What was judged equivalent stands in judged/<target>.json with its reason; any other survivor
ends the command with exit code 1. Without a target: all of them.

  --sample <n>      so many mutants of each target, drawn by the seed, those judged apart
  --part <n/m>      the nth of m parts of each target, drawn by the seed, those judged among them
  --seed <n>        of the sample and of the rules; 1
  --workers <n>     processes at once; 2
  --together <n>    so many of those judged equivalent at once, in one store, until a rule sees one; 1
  --only <text>     mutants whose file or line contains this
  --open            of those, only what no earlier run on the same sources has decided
  --known           tries none: what earlier runs on the same sources have found
  --write           notes the score in scores.json, for the README: of a whole run, a part or a sample
  --list            prints the mutants and tries none
`;

/** Throws what is wrong with the command line, for people. */
export function parse(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      sample: { type: 'string' },
      part: { type: 'string' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '2' },
      together: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      open: { type: 'boolean', default: false },
      known: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !targets.some((target) => target.name === name));
  if (unknown !== undefined) throw new Error(`There is no target ${unknown}.`);
  const asked = targets.filter(({ name }) => positionals.includes(name));
  if (values.write && values.only !== '') {
    throw new Error(
      'A score is of all mutants, of a part or of a sample: --write takes no --only.',
    );
  }
  return {
    ...values,
    named: asked.length > 0,
    targets: asked.length === 0 ? targets : asked,
    sample: values.sample === undefined ? undefined : whole(values.sample, '--sample'),
    part: values.part === undefined ? undefined : partOf(values.part),
    seed: whole(values.seed, '--seed'),
    workers: whole(values.workers, '--workers'),
    together: whole(values.together, '--together'),
  };
}

function whole(text: string, option: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`${option} takes a whole number above 0, not ${text}.`);
}

function partOf(text: string): { readonly nth: number; readonly of: number } {
  const [nth, of] = text.split('/').map((each) => whole(each, '--part'));
  if (nth !== undefined && of !== undefined && nth <= of) return { nth, of };
  throw new Error(`--part takes a part of so many, 2/7 for one, not ${text}.`);
}
