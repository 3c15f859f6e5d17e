import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { checkMethods } from '../contract/check-options.ts';
import { IdempotencyError } from '../contract/errors.ts';
import { isPromiseLike } from '../support/is-promise-like.ts';
import { show } from '../support/show.ts';
import type { Codec, CodecContext } from './codec.ts';
import { checkEncryptionOptions, importKeys, type Secret } from './encryption-keys.ts';
import type { EncryptionKey, EncryptionOptions } from './encryption-options.ts';
import { encodeAndRead, type Fresh, trusted } from './fresh.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = 'gcm1:';
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
 * The header `gcm1:<key id>:` and the length stay readable, and so does the idempotency key.
 *
 * With `readUnencrypted`, whoever can write to the store can put a result there that is believed:
 * what is not encrypted is bound to no key, and damage to it is seen only as far as the codec sees
 * it. What is encrypted is as safe as without: a record that begins with `gcm1:` is never read any
 * other way, and everything new is encrypted. Leave it out again a ttl later.
 *
 * Throws `IDEM_INVALID_OPTIONS`; reading fails with `IDEM_RESULT_UNDECODABLE` when the key is not
 * among these, or what was encrypted was changed.
 */
export function encrypted(
  codec: Codec,
  keys: readonly EncryptionKey[],
  options: EncryptionOptions = {},
): Codec {
  checkMethods(
    codec,
    ['encode', 'decode'],
    'an object { encode, decode }, such as jsonCodec',
    'codec',
  );
  const [first, secrets] = importKeys(keys);
  const readUnencrypted = checkEncryptionOptions(options);
  const made: Codec = Object.freeze({
    encode(value: unknown, context: CodecContext) {
      const plain = codec.encode(value, context);
      return isPromiseLike(plain)
        ? Promise.resolve(plain).then((bytes) => encrypt(bytes, first, context))
        : encrypt(plain, first, context);
    },
    decode(bytes: Uint8Array, context: CodecContext): unknown {
      if (readUnencrypted && !isEncrypted(bytes)) {
        return codec.decode(trusted.has(codec) ? bytes : new Uint8Array(bytes), context);
      }
      return codec.decode(decrypt(bytes, secrets, context), context);
    },
  });
  // What was encrypted is decrypted to the same, so nothing is decrypted to find that out.
  const seal = ({ payload, decoded }: Fresh, context: CodecContext): Fresh => {
    return { payload: encrypt(payload, first, context), decoded };
  };
  const encode = trusted.get(codec) ?? encodeAndRead;
  trusted.set(made, (value, context) => {
    const fresh = encode(value, context, codec);
    return isPromiseLike(fresh)
      ? fresh.then((plain) => seal(plain, context))
      : seal(fresh, context);
  });
  return made;
}

function encrypt(
  plain: Uint8Array | string,
  { id, secret }: Secret,
  context: CodecContext,
): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(id, context));
  const said = typeof plain === 'string' ? Buffer.from(plain) : plain;
  const parts = [Buffer.from(`${PREFIX}${id}:`), nonce, cipher.update(said), cipher.final()];
  return Buffer.concat([...parts, cipher.getAuthTag()]);
}

/** Also what is cut short: it is never read as anything else. */
function isEncrypted(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, PREFIX.length)).toString('latin1') === PREFIX;
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
    // In GCM the final call gives no bytes: it proves the tag.
    const plain = decipher.update(bytes.subarray(body, end));
    decipher.final();
    return plain;
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
    cause === undefined ? { key } : { key, cause },
  );
}
