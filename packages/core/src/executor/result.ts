import { type Reading, readRecord } from '../results/record.ts';
import { replayed } from './diagnostics.ts';
import type { RunResult } from './idempotency.ts';
import type { Call } from './run/call.ts';
import type { Settlement } from './run/outcome.ts';
import { runUnprotected } from './unprotected.ts';

/** What the caller gets. Throws, or rejects with, the error that it gets instead. */
export function resultOf<T>(
  call: Call,
  settlement: Settlement,
): RunResult<T> | Promise<RunResult<T>> {
  switch (settlement.kind) {
    case 'replayed': {
      const read = readRecord(call.codec, call.recordKey, settlement.bytes);
      if (!(read instanceof Promise)) return replay(call, read);
      return call.untilAborted(() => read).then((reading) => replay<T>(call, reading));
    }
    case 'executed': {
      const { outcome, attempt } = settlement;
      if (outcome.kind === 'failed') throw outcome.error;
      const reading = outcome.kind === 'recorded' ? outcome.record.reading : outcome;
      if (reading.kind === 'error') throw reading.error;
      const { fence, takeover } = attempt;
      return { value: trust(reading.value), replayed: false, fence, takeover };
    }
    case 'unreachable':
      return call
        .untilAborted(() => runUnprotected(call))
        .then(({ reading }) => {
          if (reading.kind === 'error') throw reading.error;
          return { value: trust(reading.value), replayed: false, fence: 0, takeover: true };
        });
  }
}

function replay<T>({ recordKey: key, config, startedAt }: Call, reading: Reading): RunResult<T> {
  const { kind } = reading;
  if (replayed.hasSubscribers) {
    replayed.publish({ key, kind, time: config.timers.now() - startedAt });
  }
  if (reading.kind === 'error') throw reading.error;
  return { value: trust(reading.value), replayed: true };
}

/**
 * Where a type is taken on trust: T is what the function returned, and the codec gives it back, for
 * JSON with Dates as strings and without fields that are undefined.
 */
function trust<T>(value: unknown): T {
  return value as T;
}
