import { type EncodedRecord, encodeValue } from '../results/record.ts';
import type { Call } from './run/call.ts';

/**
 * Calls the function without the store. It is told the worst: a fence below every other, and that
 * an earlier execution may have half happened. Its value still has the form of a replay.
 */
export async function runUnprotected(call: Call): Promise<EncodedRecord> {
  const { config, key, scope, recordKey, fn } = call;
  const { signal } = new AbortController();
  const token = config.runtime.createToken();
  const value = await fn(Object.freeze({ key, scope, signal, fence: 0, takeover: true, token }));
  return encodeValue(config.codec, recordKey, value);
}
