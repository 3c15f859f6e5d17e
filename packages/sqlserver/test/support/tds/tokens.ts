/** Tokens of a server's answer (MS-TDS, 2.2.7). */

const ENCRYPT_NOT_SUPPORTED = 2;
const ENCRYPT_REQUIRED = 3;

const DONE_ERROR = 0x02;
const DONE_COUNT = 0x10;
const DONE_ATTENTION = 0x20;

/** What a column of an answer may hold. */
export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

export interface ServerError {
  readonly number: number;
  readonly message?: string;
}

export function prelogin(encrypt: boolean): Buffer {
  const options: readonly (readonly [number, Buffer])[] = [
    [0, Buffer.from([16, 0, 0, 0, 0, 0])],
    [1, Buffer.from([encryption(encrypt)])],
    // Tokens of Entra ID are taken.
    [6, Buffer.from([1])],
  ];
  const head = Buffer.alloc(options.length * 5 + 1, 0xff);
  let offset = head.length;
  for (const [i, [option, value]] of options.entries()) {
    head.writeUInt8(option, i * 5);
    head.writeUInt16BE(offset, i * 5 + 1);
    head.writeUInt16BE(value.length, i * 5 + 3);
    offset += value.length;
  }
  return Buffer.concat([head, ...options.map(([, value]) => value)]);
}

function encryption(encrypt: boolean): number {
  return encrypt ? ENCRYPT_REQUIRED : ENCRYPT_NOT_SUPPORTED;
}

export function loginAck(): Buffer {
  const body = Buffer.concat([
    Buffer.from([1, 0x74, 0, 0, 4]),
    shortText('Scripted'),
    Buffer.from([16, 0, 0, 0]),
  ]);
  return Buffer.concat([Buffer.from([0xad]), length16(body), body]);
}

/** Where a client gets its token, and for what (FEDAUTHINFO, 2.2.7.12). */
export function federation(): Buffer {
  const texts = ['https://login.example/common', 'https://database.example/'];
  const head = Buffer.alloc(4 + texts.length * 9);
  head.writeUInt32LE(texts.length, 0);
  let offset = head.length;
  const values = texts.map((text, i) => {
    const value = Buffer.from(text, 'ucs2');
    head.writeUInt8(i + 1, 4 + i * 9);
    head.writeUInt32LE(value.length, 5 + i * 9);
    head.writeUInt32LE(offset, 9 + i * 9);
    offset += value.length;
    return value;
  });
  const body = Buffer.concat([head, ...values]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from([0xee]), length, body]);
}

/** The token that came with the login was looked at (FEATUREEXTACK, 2.2.7.11). */
export function federated(): Buffer {
  return Buffer.from([0xae, 0x02, 0, 0, 0, 0, 0xff]);
}

export function beganTransaction(descriptor: Buffer): Buffer {
  return change(8, Buffer.concat([Buffer.from([8]), descriptor, Buffer.from([0])]));
}

export function endedTransaction(how: 'committed' | 'rolled back', descriptor: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from([0, 8]), descriptor]);
  return change(how === 'committed' ? 9 : 10, body);
}

export function error({ number, message = `scripted error ${number}` }: ServerError): Buffer {
  const head = Buffer.alloc(6);
  head.writeInt32LE(number, 0);
  head.writeUInt8(1, 4);
  head.writeUInt8(14, 5);
  const text = Buffer.from(message, 'ucs2');
  const count = Buffer.alloc(2);
  count.writeUInt16LE(message.length);
  const line = Buffer.alloc(4);
  const body = Buffer.concat([head, count, text, shortText('scripted'), shortText(''), line]);
  return Buffer.concat([Buffer.from([0xaa]), length16(body), body]);
}

export function done(how: 'well' | 'with an error' | 'by attention' = 'well'): Buffer {
  const token = Buffer.alloc(13);
  token.writeUInt8(0xfd, 0);
  const status = { well: DONE_COUNT, 'with an error': DONE_ERROR, 'by attention': DONE_ATTENTION };
  token.writeUInt16LE(status[how], 1);
  return token;
}

/** Numbers are sent as BIGINT or INT, as the procedures do for fences and flags. */
export function rows(all: readonly Row[]): Buffer {
  const [first] = all;
  if (first === undefined) return Buffer.alloc(0);
  const columns = Object.entries(first).map(([name, cell]) =>
    Buffer.concat([Buffer.from([0, 0, 0, 0, 1, 0]), typeOf(cell), shortText(name)]),
  );
  const count = Buffer.alloc(2);
  count.writeUInt16LE(columns.length);
  const cells = all.map((row) =>
    Buffer.concat([Buffer.from([0xd1]), ...Object.values(row).map(encoded)]),
  );
  return Buffer.concat([Buffer.from([0x81]), count, ...columns, ...cells]);
}

function typeOf(cell: Cell): Buffer {
  if (typeof cell === 'number') return Buffer.from([0x26, 8]);
  return Buffer.from([0xe7, 0x40, 0x1f, 0x09, 0x04, 0xd0, 0x00, 0x34]);
}

function encoded(cell: Cell): Buffer {
  if (cell === null) return Buffer.from([0xff, 0xff]);
  if (typeof cell === 'string')
    return Buffer.concat([length16(Buffer.from(cell, 'ucs2')), Buffer.from(cell, 'ucs2')]);
  const value = Buffer.alloc(9);
  value.writeUInt8(8, 0);
  value.writeBigInt64LE(BigInt(cell), 1);
  return value;
}

function change(type: number, values: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from([type]), values]);
  return Buffer.concat([Buffer.from([0xe3]), length16(body), body]);
}

function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'ucs2')]);
}

function length16(body: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(body.length);
  return length;
}
