import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ABILITIES, type AbilityName, type Harness } from '../harness.ts';
import { UsageError } from './usage-error.ts';

/** Milliseconds, for servers that must be fetched. */
const DEADLINE = 600_000;

/** Loads the harness that a module exports by default. Throws a `UsageError` that says what is wrong. */
export async function loadHarness(path: string, deadline: number = DEADLINE): Promise<Harness> {
  // Not a timer that holds the process: where nothing else does, the harness will never be there.
  const late = sleep(deadline, undefined, { ref: false }).then(() => {
    throw new UsageError(`The harness ${path} did not start within ${deadline / 1000} s.`);
  });
  const harness = await Promise.race([exported(path), late]);
  if (isHarness(harness)) return harness;
  if (isObject(harness) && 'absent' in harness) {
    throw new UsageError(`${path} gives no harness: ${harness['absent']}`);
  }
  throw new UsageError(`The harness of ${path} ${wrongWith(harness)}.`);
}

async function exported(path: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(resolve(path)).href);
    const source = isObject(module) ? module['default'] : undefined;
    return await (typeof source === 'function' ? source() : source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The harness ${path} could not be loaded: ${reason}`);
  }
}

function isHarness(value: unknown): value is Harness {
  return wrongWith(value) === undefined;
}

function wrongWith(value: unknown): string | undefined {
  if (value === undefined) return 'is missing: export it, or a function that makes it, by default';
  if (!isObject(value)) return `must be an object; it is ${value === null ? 'null' : typeof value}`;
  if (typeof value['name'] !== 'string') return 'has no name, which reports need';
  if (typeof value['open'] !== 'function') return 'has no open(), which opens a client';
  const lacking = ABILITIES.filter((ability) => value[ability] === undefined);
  if (lacking.length > 0) {
    return `does not say whether it has ${lacking.join(', ')}: give it, or absent('why not')`;
  }
  const strange = ABILITIES.filter((ability) => !isAbility(ability, value[ability]));
  if (strange.length === 0) return undefined;
  return `has for ${strange.join(', ')} neither what the suite can use nor absent('why not')`;
}

/** What the suite calls of each ability that is not a function itself. */
const METHODS: Readonly<Record<Exclude<AbilityName, 'crash'>, readonly string[]>> = {
  clock: ['now', 'reach'],
  faults: ['open', 'loseNextReply', 'cut', 'restore'],
  plant: ['foreign', 'damage'],
  processes: [],
  transactions: ['open', 'hasEffect'],
};

/** What else they have: an ability within, a text, a switch. */
const FIELDS: Readonly<Partial<Record<AbilityName, (value: Record<string, unknown>) => boolean>>> =
  {
    clock: ({ driven }) => typeof driven === 'boolean',
    faults: ({ hang }) => isObject(hang),
    plant: ({ part }) => typeof part === 'function' || isReason(part),
    processes: ({ module }) => typeof module === 'string',
    transactions: ({ levels }) => Array.isArray(levels),
  };

function isAbility(name: AbilityName, value: unknown): boolean {
  if (isReason(value)) return true;
  if (name === 'crash') return typeof value === 'function';
  if (!isObject(value) || 'absent' in value) return false;
  const methods = METHODS[name].every((method) => typeof value[method] === 'function');
  return methods && (FIELDS[name]?.(value) ?? true);
}

/** A reason is shown beside each rule that it skips: without a word it would be left out in silence. */
function isReason(value: unknown): boolean {
  return isObject(value) && typeof value['absent'] === 'string' && value['absent'].trim() !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
