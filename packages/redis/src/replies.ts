import { type ClaimResult, type Completed, IdempotencyError } from '@idem/core';
import { show } from '@idem/core/adapter';

const LINE_END = 0x0a;

/** What a script answered: bytes, or nothing. Anything else is an adapter that does not understand its server. */
export function toReply(answer: unknown): Buffer | null {
  if (answer === null || answer instanceof Buffer) return answer;
  throw new IdempotencyError(
    'IDEM_STORE_FAILED',
    `A script of the store answered ${show(answer)}, not bytes: the client changes replies.`,
  );
}

function refuseCorrupt(reply: Buffer, key: string): void {
  if (reply[0] !== 0x58 /* X */) return;
  throw new IdempotencyError(
    'IDEM_RECORD_CORRUPT',
    `The record at the key ${show(key)} was not written by this library, or is damaged. Look at it with redis-cli; remove(key) clears it away.`,
  );
}

export function parseBoolean(answer: unknown, key: string): boolean {
  const reply = toReply(answer);
  if (reply === null) return false;
  refuseCorrupt(reply, key);
  return reply[0] === 0x31 /* 1 */;
}

export function parseFound(answer: unknown, key: string): Uint8Array | null {
  const reply = toReply(answer);
  if (reply === null) return null;
  refuseCorrupt(reply, key);
  return valueIn(reply, reply.indexOf(LINE_END) + 1);
}

export function parseClaim(answer: unknown, key: string): ClaimResult {
  const reply = toReply(answer) ?? Buffer.of();
  refuseCorrupt(reply, key);
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
      return parseCompleted(reply);
  }
}

function parseCompleted(reply: Buffer): Completed {
  const lineEnd = reply.indexOf(LINE_END);
  const header = reply.toString('latin1', 0, lineEnd);
  // A fingerprint may hold anything but a space, so both names are looked for with theirs.
  const start = header.indexOf(' fingerprint=') + ' fingerprint='.length;
  return {
    outcome: 'completed',
    value: valueIn(reply, lineEnd + 1),
    fingerprint: header.slice(start, header.lastIndexOf(' bytes=')) || null,
  };
}

/** The value, belonging to the caller: copied unless the reply has its memory to itself. */
function valueIn(reply: Buffer, start: number): Uint8Array {
  const { buffer, byteOffset, byteLength } = reply;
  if (buffer.byteLength === byteLength && byteLength >= 65_536) {
    return new Uint8Array(buffer, byteOffset + start);
  }
  return new Uint8Array(reply.subarray(start));
}
