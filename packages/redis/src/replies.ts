import { type ClaimResult, type Completed, IdempotencyError, type Inspection } from '@idem/core';
import { MAX_DURATION, show } from '@idem/core/adapter';
import { readCompleted } from './completed-header.ts';

/** What a script answered: bytes, or nothing. Anything else is an adapter that does not understand its server. */
export function toReply(answer: unknown): Buffer | null {
  if (answer === null || answer instanceof Buffer) return answer;
  if (answer === 'QUEUED') return refuseAnswer(Buffer.from(answer));
  throw new IdempotencyError(
    'IDEM_STORE_FAILED',
    `A script of the store answered ${show(answer)}, not bytes: the client changes replies.`,
  );
}

/** What a server says to whatever is sent while a MULTI is open. */
function isQueued(reply: Buffer): boolean {
  return reply.length === 6 && reply.toString('latin1') === 'QUEUED';
}

/** For an answer that no script gives. What a server in a MULTI says is that it will do it later, perhaps. */
function refuseAnswer(answer: Buffer | null): never {
  const text = answer?.toString('latin1', 0, 64) ?? null;
  const remedy =
    answer !== null && isQueued(answer)
      ? 'a MULTI is open on its connection, so the outcome is unknown; give the store a client of its own'
      : 'the client changes replies, or the server does not run scripts as Redis does';
  throw new IdempotencyError(
    'IDEM_STORE_FAILED',
    `A script of the store answered ${show(text)}: ${remedy}.`,
  );
}

/** What a script answers for what is no record. */
const CORRUPT = 0x58; // X

function refuseCorrupt(key: string): never {
  throw new IdempotencyError(
    'IDEM_RECORD_CORRUPT',
    `The record at the key ${show(key)} was not written by this library, or is damaged. Look at it with redis-cli; remove(key) clears it away.`,
  );
}

export function parseBoolean(answer: unknown, key: string): boolean {
  const reply = toReply(answer);
  if (reply?.length !== 1) return refuseAnswer(reply);
  switch (reply[0]) {
    case 0x31 /* 1 */:
      return true;
    case 0x30 /* 0 */:
      return false;
    case CORRUPT:
      return refuseCorrupt(key);
    default:
      return refuseAnswer(reply);
  }
}

export function parseFound(answer: unknown, key: string): Uint8Array | null {
  const reply = toReply(answer);
  return reply === null ? null : parseCompleted(reply, key).value;
}

export function parseClaim(answer: unknown, key: string): ClaimResult {
  const reply = toReply(answer);
  switch (reply?.[0]) {
    case 0x41 /* A<takeover><fence> */:
      {
        const fence = Number(reply.toString('latin1', 2));
        if (!Number.isSafeInteger(fence)) return refuseAnswer(reply);
        return { outcome: 'acquired', fence, takeover: reply[1] === 0x31 };
      }
    case 0x50 /* P<ms> <fingerprint> */:
      {
        const space = reply.indexOf(' ');
        const leaseRemaining = Number(reply.toString('latin1', 1, space));
        if (!Number.isSafeInteger(leaseRemaining)) return refuseAnswer(reply);
        const fingerprint = reply.toString('latin1', space + 1) || null;
        return { outcome: 'in-progress', fingerprint, leaseRemaining };
      }
    default:
      return reply == null ? refuseAnswer(null) : parseCompleted(reply, key);
  }
}

export function parseInspection(answer: unknown, key: string): Inspection {
  const [head = '', ...fields] = (toReply(answer) ?? Buffer.of()).toString('latin1').split(' ');
  const takeover = head[1] === '1';
  switch (head[0]) {
    case 'V':
      return { state: 'vacant', takeover };
    case 'C': {
      const [fence, held, left, fingerprint] = fields;
      return {
        state: 'claimed',
        fence: Number(fence),
        takeover,
        fingerprint: fingerprint || null,
        heldFor: Math.floor(Number(held) / 1000),
        leaseRemaining: Number(left),
      };
    }
    case 'D': {
      // Below 0 where somebody took the expiry away: it ends as late as a record can.
      const left = Number(head.slice(1));
      return {
        state: 'completed',
        fingerprint: fields[0] || null,
        ttlRemaining: left < 0 ? MAX_DURATION : left,
      };
    }
    case 'X':
      return refuseCorrupt(key);
    default:
      return refuseAnswer(toReply(answer));
  }
}

/** What a script answers to who keeps the record: it, and its end in milliseconds since the epoch. */
export function parseKept(
  answer: readonly unknown[],
  key: string,
): { readonly completed: Completed; readonly ends: number } {
  const record = toReply(answer[0]);
  const ends = Number(String(toReply(answer[1] ?? null)));
  if (answer.length !== 2 || record === null || !Number.isSafeInteger(ends)) {
    return refuseAnswer(record);
  }
  const completed = parseCompleted(record, key);
  return { completed, ends: ends < 0 ? Number.POSITIVE_INFINITY : ends };
}

function parseCompleted(reply: Buffer, key: string): Completed {
  const header = readCompleted(reply);
  if (header === undefined) return isQueued(reply) ? refuseAnswer(reply) : refuseCorrupt(key);
  const { fingerprint, fingerprintEnd, value } = header;
  return {
    outcome: 'completed',
    value: valueIn(reply, value),
    fingerprint:
      fingerprint === fingerprintEnd ? null : reply.toString('latin1', fingerprint, fingerprintEnd),
  };
}

/** The value, belonging to the caller: copied unless the reply has its memory to itself. */
function valueIn(reply: Buffer, start: number): Uint8Array {
  const { buffer, byteOffset, byteLength } = reply;
  if (buffer.byteLength === byteLength && byteLength >= 65_536) {
    return new Uint8Array(buffer, byteOffset + start);
  }
  const value = new Uint8Array(byteLength - start);
  reply.copy(value, 0, start);
  return value;
}
