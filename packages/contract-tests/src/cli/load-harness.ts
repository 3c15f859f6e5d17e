import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AbilityName, Harness } from '../harness.ts';
import { UsageError } from './usage-error.ts';

const ABILITIES: readonly AbilityName[] = [
  'clock',
  'crash',
  'faults',
  'plant',
  'processes',
  'transactions',
];

/** Loads the harness that a module exports by default. Throws a `UsageError` that says what is wrong. */
export async function loadHarness(path: string): Promise<Harness> {
  const harness = await exported(path);
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
  const strange = ABILITIES.filter((ability) => !isAbility(value[ability]));
  if (strange.length === 0) return undefined;
  return `has for ${strange.join(', ')} neither what the suite can use nor absent('why not')`;
}

function isAbility(value: unknown): boolean {
  if (!isObject(value)) return typeof value === 'function';
  return !('absent' in value) || typeof value['absent'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
