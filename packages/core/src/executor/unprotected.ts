import { untilAborted } from '../adapter-kit/abort.ts';
import { createToken } from '../contract/token.ts';
import { type EncodedRecord, encodeValue } from '../results/record.ts';
import type { RunResult } from './idempotency.ts';
import type { Config } from './options.ts';
import type { RunContext } from './run/execution.ts';

interface Identity {
  readonly key: string;
  readonly scope: readonly string[];
  readonly recordKey: string;
}

/**
 * Calls the function without the store. It is told the worst: a fence below every other, and that
 * an earlier execution may have half happened. Its value still has the form of a replay.
 */
export async function runUnprotected<T>(
  config: Config,
  { key, scope, recordKey }: Identity,
  fn: (context: RunContext) => unknown,
  caller: AbortSignal | undefined,
): Promise<RunResult<T>> {
  const { signal } = new AbortController();
  const token = createToken();
  const context = Object.freeze({ key, scope, signal, fence: 0, takeover: true, token });
  const execute = async (): Promise<EncodedRecord> =>
    encodeValue(config.codec, recordKey, await fn(context));
  caller?.throwIfAborted();
  const { reading } = await untilAborted(execute(), caller);
  if (reading.kind === 'error') throw reading.error;
  // As in Idempotency: T is what the function returned, as the codec gives it back.
  return { value: reading.value as T, replayed: false, fence: 0, takeover: true };
}
