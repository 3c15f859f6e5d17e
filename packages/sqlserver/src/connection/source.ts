import type { TediousConfiguration } from '../optional-types.ts';

/**
 * tedious's configuration, or a function that gives one for each connection that is opened: for
 * passwords and tokens that change while the process runs.
 */
export type ConnectionSource =
  | TediousConfiguration
  | (() => TediousConfiguration | Promise<TediousConfiguration>);
