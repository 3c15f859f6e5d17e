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
  if (reply === null) return false;
  if (reply[0] === CORRUPT) refuseCorrupt(key);
  return reply[0] === 0x31 /* 1 */;
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

/** The script saw how the header begins; here it is checked to its end, byte by byte as a replay is frequent. */
function parseCompleted(reply: Buffer, key: string): Completed {
  const lineEnd = reply.indexOf(LINE_END);
  let at = lineEnd - 1;
  let bytes = 0;
  for (let unit = 1; isDigit(reply[at]); at -= 1, unit *= 10) bytes += digit(reply[at]) * unit;
  const nameOfBytes = at - ' bytes='.length + 1;
  const fingerprint = reply.indexOf(' fingerprint=') + ' fingerprint='.length;
  const whole =
    bytes === reply.length - lineEnd - 1 &&
    reply.indexOf(' bytes=', nameOfBytes) === nameOfBytes &&
    fingerprint > ' fingerprint='.length &&
    fingerprint <= nameOfBytes;
  if (!whole) refuseCorrupt(key);
  return {
    outcome: 'completed',
    value: valueIn(reply, lineEnd + 1),
    fingerprint:
      fingerprint === nameOfBytes ? null : reply.toString('latin1', fingerprint, nameOfBytes),
  };
}

function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function digit(byte: number | undefined): number {
  return (byte ?? 0x30) - 0x30;
}

/** The value, belonging to the caller: copied unless the reply has its memory to itself. */
function valueIn(reply: Buffer, start: number): Uint8Array {
  const { buffer, byteOffset, byteLength } = reply;
  if (buffer.byteLength === byteLength && byteLength >= 65_536) {
    return new Uint8Array(buffer, byteOffset + start);
  }
  return new Uint8Array(reply.subarray(start));
}
