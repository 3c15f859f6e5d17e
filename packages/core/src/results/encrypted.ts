import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { refuse } from '../contract/checks.ts';
import { IdempotencyError } from '../contract/errors.ts';
import { show } from '../support/show.ts';
import type { Codec, CodecContext } from './codec.ts';

/** One key of AES-256-GCM. */
export interface EncryptionKey {
  /** Written beside what it encrypts: 1 to 64 characters of `A-Z a-z 0-9 _ -`. Never used again for another key. */
  readonly id: string;
  /** 32 random bytes. Copied. */
  readonly key: Uint8Array;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER = /^gcm1:([\w-]{1,64}):/;
const LONGEST_HEADER = 70;

/**
 * What the codec makes, encrypted by AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits,
 * and bound to the key of its record: moved to another, it cannot be read.
 *
 * The first key encrypts; every key decrypts what it has encrypted. To rotate, put the new key
 * first, and leave the old one out once its records have expired, a ttl later. One key serves for
 * 2^32 records (SP 800-38D, section 8.3).
 *
 * The header `gcm1:<key id>:` and the length stay readable, and so does the idempotency key. Throws
 * `IDEM_INVALID_OPTIONS`; reading rejects with `IDEM_RESULT_UNDECODABLE` when the key is not among
 * these, or what was encrypted was changed.
 */
export function encrypted(codec: Codec, keys: readonly EncryptionKey[]): Codec {
  const secrets = new Map<string, KeyObject>();
  for (const { id, key } of keys) {
    if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id) || secrets.has(id)) {
      const what = '1 to 64 characters of A-Z a-z 0-9 _ -, another for each key';
      refuse('IDEM_INVALID_OPTIONS', id, what, 'id of an encryption key');
    }
    if (!(key instanceof Uint8Array) || key.byteLength !== 32) {
      // What it is instead may be a secret too.
      const message = `The encryption key ${show(id)} must be a Uint8Array of 32 bytes.`;
      throw new IdempotencyError('IDEM_INVALID_OPTIONS', message);
    }
    secrets.set(id, createSecretKey(key));
  }
  const [first] = secrets;
  if (first === undefined) {
    refuse('IDEM_INVALID_OPTIONS', keys, 'a list of one key at least', 'encryption keys');
  }
  const [id, secret] = first;
  return {
    async encode(value, context) {
      return encrypt(await codec.encode(value, context), id, secret, context);
    },
    async decode(bytes, context) {
      return codec.decode(decrypt(bytes, secrets, context), context);
    },
  };
}

function encrypt(plain: Uint8Array, id: string, secret: KeyObject, context: CodecContext): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(id, context));
  const parts = [Buffer.from(`gcm1:${id}:`), nonce, cipher.update(plain), cipher.final()];
  return Buffer.concat([...parts, cipher.getAuthTag()]);
}

function decrypt(
  bytes: Uint8Array,
  secrets: ReadonlyMap<string, KeyObject>,
  context: CodecContext,
): Uint8Array {
  const start = Buffer.from(bytes.subarray(0, LONGEST_HEADER)).toString('latin1');
  const [header, id] = HEADER.exec(start) ?? [];
  if (header === undefined || id === undefined) {
    throw unreadable(context, 'it is not encrypted, or in another way');
  }
  const secret = secrets.get(id);
  if (secret === undefined) {
    throw unreadable(context, `it was encrypted with the key ${show(id)}, which is not given`);
  }
  const body = header.length + NONCE_BYTES;
  const end = bytes.byteLength - TAG_BYTES;
  if (end < body) throw unreadable(context, 'it is cut short');
  const nonce = bytes.subarray(header.length, body);
  const decipher = createDecipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(id, context));
  decipher.setAuthTag(bytes.subarray(end));
  try {
    const plain = decipher.update(bytes.subarray(body, end));
    return Buffer.concat([plain, decipher.final()]);
  } catch (cause) {
    const reason = `the key ${show(id)} is not the one it was encrypted with, or it was changed`;
    throw unreadable(context, reason, cause);
  }
}

/** The record's key comes last: nothing before it can contain a NUL. */
function boundTo(id: string, { key, kind }: CodecContext): Buffer {
  return Buffer.from(`idem\0gcm1\0${id}\0${kind}\0${key}`);
}

function unreadable({ key }: CodecContext, reason: string, cause?: unknown): IdempotencyError {
  return new IdempotencyError(
    'IDEM_RESULT_UNDECODABLE',
    `The record at ${show(key)} cannot be decrypted: ${reason}. Nothing was executed.`,
    cause === undefined ? {} : { cause },
  );
}
