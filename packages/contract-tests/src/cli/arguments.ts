import { parseArgs } from 'node:util';
import { chooseBudget } from '../engine/budget.ts';
import { chooseSeed } from '../engine/random.ts';
import type { Given } from '../init/answers.ts';
import type { Budget } from '../rule.ts';
import { UsageError } from './usage-error.ts';

const FORMATS = ['text', 'json', 'markdown', 'svg', 'shields'] as const;

export type Format = (typeof FORMATS)[number];

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'list'; readonly patterns: readonly string[] }
  | { readonly kind: 'init'; readonly folder: string; readonly given: Given }
  | {
      readonly kind: 'run';
      readonly harness: string;
      readonly format: Format;
      readonly out: string | undefined;
      /** An earlier JSON report. */
      readonly compare: string | undefined;
      readonly budget: Budget;
      readonly seed: number;
      readonly patterns: readonly string[];
    };

export const usage: string = `Usage: idem-contract <harness module> [options]
       idem-contract init [folder] [--name <package>] [--driver <package>|none]

Puts every rule of the idem store contract to the store that the module's default export opens: a
harness, or a function or promise that makes one. The module may be TypeScript that Node can strip.

  --format text|json|markdown   how the report is written; default text
           svg|shields          a badge: an image, or JSON for the endpoint of shields.io
  --out <file>                  where it is written; default the standard output
  --compare <file>              an earlier JSON report: what changed since
  --budget quick|long           how long chance is given; default IDEM_TEST_BUDGET, or quick
  --seed <number>               repeats what chance chose; default IDEM_TEST_SEED, or a new one
  --rule <pattern>              only these rules: an id, a family, or with * as in claim.take*;
                                may be given again
  --list                        lists the rules and runs none
  --help

init writes a new adapter into the folder: a package, the harness, the test and CI. It asks for what
is not given. A harness that is called init is ./init.

Exit code: 0 the store conforms, 1 it does not, 2 wrong usage, no harness, or a report that could not
be written; 128 and its number after a signal, which is waited for to close the harness.
`;

export function parse(given: readonly string[]): Command {
  const { values, positionals } = parsed(given);
  const patterns = values.rule ?? [];
  if (values.help === true) return { kind: 'help' };
  if (values.list === true) return { kind: 'list', patterns };
  const [harness, ...more] = positionals;
  if (harness === 'init') return initWith(more, { name: values.name, driver: values.driver });
  if (values.name !== undefined || values.driver !== undefined)
    throw new UsageError('--name and --driver belong to init.');
  if (harness === undefined)
    throw new UsageError('Name the module whose default export is the harness.');
  if (more.length > 0)
    throw new UsageError(`One harness at a time; there is also ${more.join(', ')}.`);
  return {
    kind: 'run',
    harness,
    format: oneOf('--format', values.format ?? 'text', FORMATS),
    out: values.out,
    compare: values.compare,
    budget:
      values.budget === undefined
        ? fromEnvironment(chooseBudget)
        : oneOf('--budget', values.budget, ['quick', 'long']),
    seed: values.seed === undefined ? fromEnvironment(chooseSeed) : seedOf(values.seed),
    patterns,
  };
}

function initWith([folder = '.', ...more]: readonly string[], given: Given): Command {
  if (more.length > 0)
    throw new UsageError(`One folder at a time; there is also ${more.join(', ')}.`);
  return { kind: 'init', folder, given };
}

const options = {
  format: { type: 'string' },
  out: { type: 'string' },
  compare: { type: 'string' },
  budget: { type: 'string' },
  seed: { type: 'string' },
  rule: { type: 'string', multiple: true },
  name: { type: 'string' },
  driver: { type: 'string' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function parsed(
  given: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...given], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function fromEnvironment<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new UsageError(`${option} must be ${allowed.join(' or ')}; it was "${value}".`);
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed < 2 ** 32) return seed;
  throw new UsageError(`--seed must be a whole number below 4294967296; it was "${text}".`);
}
