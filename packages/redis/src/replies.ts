import { type ClaimResult, type Completed, IdempotencyError, type Inspection } from '@idem/core';
import { show } from '@idem/core/adapter';

const LINE_END = 0x0a;
const SPACE = 0x20;
const EQUALS = 0x3d;

/** What a script answered: bytes, or nothing. Anything else is an adapter that does not understand its server. */
export function toReply(answer: unknown): Buffer | null {
  if (answer === null || answer instanceof Buffer) return answer;
  throw new IdempotencyError(
    'IDEM_STORE_FAILED',
    `A script of the store answered ${show(answer)}, not bytes: the client changes replies.`,
  );
}

/** For an answer that no script gives. What a server in a MULTI says is that it will do it later, perhaps. */
function refuseAnswer(answer: Buffer | null): never {
  const text = answer?.toString('latin1', 0, 64) ?? null;
  const remedy =
    text === 'QUEUED'
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
  const reply = toReply(answer) ?? Buffer.of();
  switch (reply[0]) {
    case 0x41 /* A<takeover><fence> */:
      return {
        outcome: 'acquired',
        fence: Number(reply.toString('latin1', 2)),
        takeover: reply[1] === 0x31,
      };
    case 0x50 /* P<ms> <fingerprint> */:
      {
        const space = reply.indexOf(' ');
        return {
          outcome: 'in-progress',
          fingerprint: reply.toString('latin1', space + 1) || null,
          leaseRemaining: Number(reply.toString('latin1', 1, space)),
        };
      }
    default:
      return parseCompleted(reply, key);
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
    case 'D':
      return {
        state: 'completed',
        fingerprint: fields[0] || null,
        ttlRemaining: Number(head.slice(1)),
      };
    case 'X':
      return refuseCorrupt(key);
    default:
      return refuseAnswer(toReply(answer));
  }
}

/** Where `fence=` is over, in a header whose beginning the script has seen. */
const AFTER_FENCE_NAME = 45;

/**
 * Byte by byte in one pass: a replay is what happens most, and each native call on the buffer was
 * a measurable part of it. No field has a space in it, so three of them part the rest of the header.
 */
function parseCompleted(reply: Buffer, key: string): Completed {
  let at = AFTER_FENCE_NAME;
  let [token, fingerprint, bytes] = [0, 0, 0];
  for (; at < reply.length && reply[at] !== LINE_END; at += 1) {
    if (reply[at] !== SPACE) continue;
    token = fingerprint;
    fingerprint = bytes;
    bytes = at + 1;
  }
  const named =
    reply[token + 5] === EQUALS &&
    reply[fingerprint + 11] === EQUALS &&
    reply[bytes + 5] === EQUALS;
  if (!named || whole(reply, bytes + 6, at) !== reply.length - at - 1) refuseCorrupt(key);
  const start = fingerprint + 12;
  return {
    outcome: 'completed',
    value: valueIn(reply, at + 1),
    fingerprint: start === bytes - 1 ? null : reply.toString('latin1', start, bytes - 1),
  };
}

/** The number that these digits write; NaN when they do not. */
function whole(reply: Buffer, from: number, to: number): number {
  let number = from < to ? 0 : Number.NaN;
  for (let at = from; at < to; at += 1) {
    const digit = (reply[at] ?? 0) - 0x30;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN;
  }
  return number;
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
