/** Longest idempotency key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;

/** Largest value, in bytes: 16 MiB. */
export const MAX_VALUE_BYTES: number = 16 * 1024 * 1024;

/** Longest ttl or lease, in milliseconds: ten years of 365.25 days. */
export const MAX_DURATION: number = 315_576_000_000;

/** How long an adapter remembers a lapsed claim at least, in milliseconds: 24 hours. */
export const LAPSED_CLAIM_MEMORY = 86_400_000;

/** Shortest token, in characters: 128 bits of base64url. */
export const MIN_TOKEN_LENGTH = 22;

/** Longest token, in characters. */
export const MAX_TOKEN_LENGTH = 128;

/** Longest fingerprint, in characters. */
export const MAX_FINGERPRINT_LENGTH = 256;
