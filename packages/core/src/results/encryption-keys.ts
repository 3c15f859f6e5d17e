import { createSecretKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { checkOptionNames } from '../contract/check-options.ts';
import { refuse } from '../contract/checks.ts';
import { IdempotencyError } from '../contract/errors.ts';
import type { EncryptionKey, EncryptionOptions } from './encryption-options.ts';

/** A key as it is used. */
export interface Secret {
  readonly id: string;
  readonly secret: KeyObject;
}

const KEY_NAMES: ReadonlySet<string> = new Set<keyof EncryptionKey>(['id', 'key']);
const OPTION_NAMES: ReadonlySet<string> = new Set<keyof EncryptionOptions>(['readUnencrypted']);

/**
 * The first key, and all of them by id. Refuses, with `IDEM_INVALID_OPTIONS`, what are no keys. What
 * stands in the place of a key or an id is never shown: it may be a secret.
 */
export function importKeys(keys: unknown): readonly [Secret, ReadonlyMap<string, KeyObject>] {
  const list: readonly unknown[] = Array.isArray(keys) ? keys : refuseKeys(keys);
  const secrets = new Map<string, KeyObject>();
  // Not for-of over the list: a hole is no key either.
  const imported = Array.from(list, (key) => importKey(key, secrets));
  const [first] = imported;
  return first === undefined ? refuseKeys(keys) : [first, secrets];
}

/** Whether records that are not encrypted are read. Refuses, with `IDEM_INVALID_OPTIONS`, what are no options. */
export function checkEncryptionOptions(options: EncryptionOptions): boolean {
  checkOptionNames(options, OPTION_NAMES, 'options of encrypted');
  const { readUnencrypted = false } = options;
  if (typeof readUnencrypted !== 'boolean') {
    refuse('IDEM_INVALID_OPTIONS', readUnencrypted, 'true or false', 'readUnencrypted');
  }
  return readUnencrypted;
}

function importKey(entry: unknown, secrets: Map<string, KeyObject>): Secret {
  if (typeof entry !== 'object' || entry === null) {
    return refuseSecret(
      `Each encryption key must be an object { id, key }; one was ${kind(entry)}.`,
    );
  }
  checkOptionNames(entry, KEY_NAMES, 'fields of an encryption key');
  const id: unknown = 'id' in entry ? entry.id : undefined;
  const key: unknown = 'key' in entry ? entry.key : undefined;
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id)) {
    return refuseSecret(
      `The id of an encryption key must be 1 to 64 characters of A-Z a-z 0-9 _ -; it was ${kind(id)}.`,
    );
  }
  if (!types.isUint8Array(key) || key.byteLength !== 32) {
    return refuseSecret(
      `The encryption key "${id}" must be a Uint8Array of 32 bytes; it was ${kind(key)}.`,
    );
  }
  if (secrets.has(id)) {
    refuse('IDEM_INVALID_OPTIONS', id, 'another for each key', 'id of an encryption key');
  }
  const secret = createSecretKey(key);
  secrets.set(id, secret);
  return { id, secret };
}

function refuseKeys(keys: unknown): never {
  return refuseSecret(
    `The encryption keys must be a list of one { id, key } at least; they were ${kind(keys)}.`,
  );
}

function refuseSecret(message: string): never {
  throw new IdempotencyError('IDEM_INVALID_OPTIONS', message);
}

function kind(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (types.isUint8Array(value)) return `a Uint8Array of ${value.byteLength} bytes`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return value === null ? 'null' : `of the type ${typeof value}`;
}
