/** What a client asks for (MS-TDS, 2.2.6), as far as the tests look at it. */
import { type Message, PACKET } from './packets.ts';

export type ClientRequest =
  | { readonly kind: 'sql'; readonly text: string }
  | { readonly kind: 'begin' | 'commit' | 'rollback' | 'save' };

const MANAGER = new Map<number, 'begin' | 'commit' | 'rollback' | 'save'>([
  [5, 'begin'],
  [7, 'commit'],
  [8, 'rollback'],
  [9, 'save'],
]);
const LONG = 0xffff;

export function requestOf({ type, data }: Message): ClientRequest {
  const body = data.subarray(data.readUInt32LE(0));
  if (type === PACKET.batch) return { kind: 'sql', text: body.toString('ucs2') };
  if (type === PACKET.transaction) {
    const kind = MANAGER.get(body.readUInt16LE(0));
    if (kind === undefined) throw new Error('a transaction manager request that is not scripted');
    return { kind };
  }
  return { kind: 'sql', text: statementOf(body) };
}

/** The first parameter of sp_executesql, which tedious calls by its number. */
function statementOf(body: Buffer): string {
  if (body.readUInt16LE(0) !== LONG) throw new Error('a procedure call that is not scripted');
  const name = body.readUInt8(6);
  let at = 6 + 1 + name * 2 + 1 + 1;
  const longest = body.readUInt16LE(at);
  at += 2 + 5;
  if (longest !== LONG) return body.toString('ucs2', at + 2, at + 2 + body.readUInt16LE(at));
  at += 8;
  const chunks: Buffer[] = [];
  for (let length = body.readUInt32LE(at); length > 0; length = body.readUInt32LE(at)) {
    chunks.push(body.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return Buffer.concat(chunks).toString('ucs2');
}
