import type { SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { IdempotencyError } from '@idem/core';
import { show } from '@idem/core/adapter';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** What stands under a key. A lapsed claim is vacant too, and the next holder is told of it. */
export interface StoredRecord {
  readonly state: 'vacant' | 'lapsed' | 'claimed' | 'completed';
  /** The fence of the key's last claim, whatever became of that. */
  readonly fence: number;
  /** When the lease or the result ends: whole milliseconds since 1970. */
  readonly until: number;
  readonly token: string | null;
  readonly fingerprint: string | null;
  readonly takeover: 0 | 1;
  /** When the claim was acquired: whole milliseconds since 1970. */
  readonly since: number;
  readonly value: Uint8Array;
}

const nothing = { until: 0, token: null, fingerprint: null, since: 0, value: new Uint8Array() };
export const VACANT: StoredRecord = { state: 'vacant', fence: 0, ...nothing, takeover: 0 };

/** The row as it is to be read at this time; one that this adapter did not write whole is refused. */
export function toRecord(key: string, row: Row, now: number): StoredRecord {
  const { state, fence, until, token, fingerprint, takeover, since, value, checksum } = row;
  const ended = typeof until === 'number' && until <= now;
  if (
    (state === 'vacant' || state === 'claimed' || state === 'completed') &&
    typeof fence === 'number' &&
    typeof until === 'number' &&
    (typeof token === 'string' || (token === null && (ended || state !== 'claimed'))) &&
    (typeof fingerprint === 'string' || fingerprint === null) &&
    (takeover === 0 || takeover === 1) &&
    typeof since === 'number' &&
    value instanceof Uint8Array &&
    crc32(value) === checksum
  ) {
    if (!ended) return { state, fence, until, token, fingerprint, takeover, since, value };
    return { ...VACANT, state: state === 'claimed' ? 'lapsed' : 'vacant', fence, until };
  }
  throw new IdempotencyError(
    'IDEM_RECORD_CORRUPT',
    `The row of key ${show(key)} in table idempotency is damaged, or another program wrote it. Find out what became of that request, then remove the key.`,
  );
}
