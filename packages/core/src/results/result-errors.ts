import { IdempotencyError, isIdempotencyError } from '../contract/errors.ts';
import { isError } from '../support/is-error.ts';
import { show } from '../support/show.ts';
import { readProperty, textOf } from '../support/untrusted.ts';
import type { CodecContext } from './codec.ts';

/** `IDEM_RESULT_UNENCODABLE`, with what the function returned or threw, for the call that executed it. */
export function unencodable(
  { key, kind }: CodecContext,
  result: unknown,
  cause: unknown,
): IdempotencyError {
  const what = kind === 'value' ? 'its result' : 'what it threw';
  const error = new IdempotencyError(
    'IDEM_RESULT_UNENCODABLE',
    `The function for the idempotency key ${show(key)} was executed, and ${what} cannot be ` +
      `recorded: ${reasonOf(cause)}`,
    { key, cause },
  );
  // Not enumerable, so neither a log nor the record of this refusal holds it.
  const field = kind === 'value' ? 'value' : 'thrown';
  Object.defineProperty(error, field, { value: result, enumerable: false });
  return error;
}

/** `IDEM_RESULT_UNDECODABLE`; one that the codec threw itself says more, and is kept. */
export function undecodable(key: string, cause: unknown): IdempotencyError {
  if (isIdempotencyError(cause, 'IDEM_RESULT_UNDECODABLE')) return cause;
  return new IdempotencyError(
    'IDEM_RESULT_UNDECODABLE',
    `The codec cannot read the record at ${show(key)}. It was written with another codec, or it is ` +
      'damaged; nothing was executed. Read it with the codec that wrote it, or remove it.',
    { key, cause },
  );
}

function reasonOf(cause: unknown): string {
  const said = isError(cause) ? readProperty(cause, 'message') : cause;
  return textOf(said, 'the codec threw what cannot be read');
}
