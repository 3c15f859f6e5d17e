import { refuse } from '../contract/checks.ts';

const DEFAULT_TIMEOUT = 10_000;
const LONGEST_TIMEOUT = 600_000;

/** The deadline of an operation; refuses, with `IDEM_INVALID_OPTIONS`, what is not whole milliseconds from 1 to ten minutes. */
export function checkTimeout(timeout: number = DEFAULT_TIMEOUT): number {
  if (!Number.isSafeInteger(timeout) || timeout < 1 || timeout > LONGEST_TIMEOUT) {
    refuse('IDEM_INVALID_OPTIONS', timeout, 'whole milliseconds, 1 to 600,000', 'option timeout');
  }
  return timeout;
}
