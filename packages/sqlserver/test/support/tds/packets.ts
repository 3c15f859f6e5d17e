/** Packets and messages of TDS (MS-TDS, 2.2.3). */

export const PACKET = {
  batch: 0x01,
  rpc: 0x03,
  tabular: 0x04,
  attention: 0x06,
  token: 0x08,
  transaction: 0x0e,
  login: 0x10,
  prelogin: 0x12,
} as const;

const HEADER = 8;
const END_OF_MESSAGE = 0x01;
const IGNORE = 0x02;

export interface Message {
  readonly type: number;
  readonly data: Buffer;
  /** The client thought better of it while it was sending. */
  readonly ignored: boolean;
}

/** Puts packets together to messages, as the bytes arrive. */
export class MessageReader {
  #bytes: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];

  read(chunk: Uint8Array): Message[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const messages: Message[] = [];
    while (this.#bytes.length >= HEADER) {
      const length = this.#bytes.readUInt16BE(2);
      if (this.#bytes.length < length) break;
      const [type = 0, status = 0] = this.#bytes;
      this.#parts.push(this.#bytes.subarray(HEADER, length));
      this.#bytes = this.#bytes.subarray(length);
      if ((status & END_OF_MESSAGE) === 0) continue;
      const ignored = (status & IGNORE) !== 0;
      messages.push({ type, data: Buffer.concat(this.#parts), ignored });
      this.#parts = [];
    }
    return messages;
  }
}

/** A message of one packet; what the tests answer is short. */
export function packet(type: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(type, 0);
  header.writeUInt8(END_OF_MESSAGE, 1);
  header.writeUInt16BE(HEADER + data.length, 2);
  header.writeUInt8(1, 6);
  return Buffer.concat([header, data]);
}
