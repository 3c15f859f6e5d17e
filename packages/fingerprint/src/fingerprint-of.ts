import { types } from 'node:util';
import { IdempotencyError } from '@idem/core';
import { plainCopy, show } from '@idem/core/adapter';
import { canonicalOf, isCanonical } from './canonical.ts';
import { checkOptions, type FingerprintOptions, WHOLE } from './options.ts';
import { omit, pick } from './selection.ts';

/**
 * What a request says, as canonical JSON (RFC 8785): for the `fingerprint` option of `run` and
 * `wrap`, which hashes it. Two requests have the same one exactly when they are the same JSON: the
 * order of fields, white space and the spelling of numbers (1.0 and 1) and of characters (escaped or
 * not) make no difference; the order of a list, and the normalisation form of text, do.
 *
 * The value is seen as JSON shows it: a Date as its ISO string, what has `toJSON` as that says,
 * fields that are undefined not at all, -0 as 0. Numbers are doubles (RFC 8785, section 3.2.2.3):
 * whole ones beyond 2^53 that JSON.parse cannot tell apart are the same.
 *
 * Throws `IDEM_INVALID_FINGERPRINT` for what would look like another request, and says where: undefined,
 * NaN, BigInt, maps, sets, binary data, a FormData and whatever else JSON would write without what it
 * holds, and text with a lone surrogate; and for a request with none of the fields of `only`. Throws
 * `IDEM_INVALID_OPTIONS` for options that are none.
 */
export function fingerprintOf(value: unknown, options: FingerprintOptions = {}): string {
  const selections = checkOptions(options);
  // The body of most requests: plain, and compared whole.
  if (selections === WHOLE && asJson(() => isCanonical(value))) {
    return asJson(() => JSON.stringify(value));
  }
  const { only, except } = selections;
  const request = asJson(() => plainCopy(value, 'request'));
  const picked = pick(request, only);
  if (picked === undefined && request !== undefined) {
    const fields = options.only?.join(', ') ?? '';
    throw refusal(
      `it has none of the fields of \`only\` (${fields}). All such requests would have the same; ` +
        'see that the names are right.',
    );
  }
  const text = asJson(() => canonicalOf(omit(picked, except)));
  if (text === undefined) {
    throw refusal('it is undefined. Where a request has no body, fingerprint null, or give none.');
  }
  return text;
}

function asJson<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw refusal(types.isNativeError(cause) ? cause.message : show(cause), cause);
  }
}

function refusal(reason: string, cause?: unknown): IdempotencyError {
  return new IdempotencyError(
    'IDEM_INVALID_FINGERPRINT',
    `The request cannot be fingerprinted: ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
