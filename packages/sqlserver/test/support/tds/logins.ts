/** Who logs in (MS-TDS, 2.2.6.4 LOGIN7 and 2.2.6.3 FEDAUTH). */
import type { Message } from './packets.ts';

export type Login =
  | { readonly by: 'password'; readonly user: string }
  /** A token of Entra ID, sent with the login. */
  | { readonly by: 'token'; readonly token: string }
  /** The client gets a token when it is told of whom, and sends it in a message of its own. */
  | { readonly by: 'asking' };

const USER = 40;
const FLAGS_3 = 27;
const HAS_EXTENSION = 0x10;
const EXTENSION = 56;

const FEDERATED = 0x02;
const END = 0xff;
const SECURITY_TOKEN = 0x01;

export function loginOf({ data }: Message): Login {
  const federated = hasExtension(data) ? featureOf(data, FEDERATED) : undefined;
  if (federated === undefined) {
    const [offset, length] = [data.readUInt16LE(USER), data.readUInt16LE(USER + 2)];
    return { by: 'password', user: data.toString('ucs2', offset, offset + length * 2) };
  }
  if (federated.readUInt8(0) >> 1 !== SECURITY_TOKEN) return { by: 'asking' };
  return { by: 'token', token: tokenIn(federated.subarray(1)) };
}

/** The token in a message of its own. */
export function tokenOf({ data }: Message): string {
  return tokenIn(data.subarray(4));
}

function tokenIn(data: Buffer): string {
  return data.toString('ucs2', 4, 4 + data.readUInt32LE(0));
}

function hasExtension(data: Buffer): boolean {
  return (data.readUInt8(FLAGS_3) & HAS_EXTENSION) !== 0;
}

function featureOf(data: Buffer, wanted: number): Buffer | undefined {
  let at = data.readUInt32LE(data.readUInt16LE(EXTENSION));
  for (let id = data.readUInt8(at); id !== END; id = data.readUInt8(at)) {
    const length = data.readUInt32LE(at + 1);
    if (id === wanted) return data.subarray(at + 5, at + 5 + length);
    at += 5 + length;
  }
  return undefined;
}
