import { IdempotencyError } from '@idem/core';
import { show } from '@idem/core/adapter';
import type { TediousConfiguration } from '../optional-types.ts';

/**
 * tedious's configuration, or a function that gives one for each connection that is opened: for
 * passwords and tokens that change while the process runs.
 */
export type ConnectionSource =
  | TediousConfiguration
  | (() => TediousConfiguration | Promise<TediousConfiguration>);

const CONFIGURATION = "tedious's configuration, { server: 'host', … }";

/** Refuses, with `IDEM_INVALID_OPTIONS`, what is neither; `or` is what else may stand there. */
export function checkSource(source: unknown, name: string, or = ''): void {
  if (typeof source === 'function' || isConfiguration(source)) return;
  refuseSource(source, `${or}${CONFIGURATION}, or a function that gives one`, name);
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, what such a function has given in its place. */
export function checkGiven(config: unknown): void {
  if (isConfiguration(config)) return;
  refuseSource(config, CONFIGURATION, 'answer of the function that gives configurations');
}

/** By the one thing that tedious cannot do without. */
export function isConfiguration(config: unknown): boolean {
  if (typeof config !== 'object' || config === null) return false;
  return typeof Reflect.get(config, 'server') === 'string';
}

function refuseSource(source: unknown, what: string, name: string): never {
  // A text is not repeated: a URL may have a password in it.
  const was = typeof source === 'string' ? 'a string' : show(source);
  throw new IdempotencyError('IDEM_INVALID_OPTIONS', `The ${name} must be ${what}; it was ${was}.`);
}
