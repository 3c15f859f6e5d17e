import { refuse } from './checks.ts';
import { MAX_DURATION } from './limits.ts';

/**
 * Refuses, with `IDEM_INVALID_OPTIONS`, options that are no object, and a name that is not known: it
 * was most likely misspelt, and then its protection is missing.
 *
 * @param what how the message calls them: `options of RedisStore`
 */
export function checkOptionNames(
  options: unknown,
  known: ReadonlySet<string>,
  what: string,
): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    refuse('IDEM_INVALID_OPTIONS', options, 'an object', what);
  }
  for (const name in options) {
    if (!known.has(name)) {
      refuse('IDEM_INVALID_OPTIONS', name, `of these names: ${[...known].join(', ')}`, what);
    }
  }
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, what is not whole milliseconds from `least` to ten years. */
export function checkMilliseconds(
  value: unknown,
  name: string,
  least: number,
): asserts value is number {
  if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > MAX_DURATION) {
    const what = `a whole number of milliseconds, from ${least} to ten years`;
    refuse('IDEM_INVALID_OPTIONS', value, what, name);
  }
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, a value that lacks one of these methods. */
export function checkMethods(
  value: unknown,
  methods: readonly string[],
  what: string,
  name: string,
): void {
  const has =
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof Reflect.get(value, method) === 'function');
  if (!has) refuse('IDEM_INVALID_OPTIONS', value, what, name);
}
