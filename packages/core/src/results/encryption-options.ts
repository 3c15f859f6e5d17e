/** One key of AES-256-GCM. */
export interface EncryptionKey {
  /** Written beside what it encrypts: 1 to 64 characters of `A-Z a-z 0-9 _ -`. Never used again for another key. */
  readonly id: string;
  /** 32 random bytes. Copied. */
  readonly key: Uint8Array;
}

/** Options of `encrypted`. */
export interface EncryptionOptions {
  /**
   * Reads records that are not encrypted too, with the codec alone: for as long as those written
   * before encryption was turned on live, a ttl. Default false.
   */
  readonly readUnencrypted?: boolean;
}
