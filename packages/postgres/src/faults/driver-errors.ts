import type { FaultMeaning } from './server-errors.ts';

const LOST: FaultMeaning = {
  transient: true,
  code: 'IDEM_STORE_UNAVAILABLE',
  reason:
    'the server cannot be reached, or the connection was lost; see that it runs and that the address is right',
};

const UNTRUSTED: FaultMeaning = {
  transient: false,
  code: 'IDEM_STORE_UNAVAILABLE',
  reason:
    'the server’s certificate is not one that this process trusts, or is for another name; give its authority to the driver (ssl.ca), or connect by a name that it is for',
};

const POOL_ENDED: FaultMeaning = {
  transient: false,
  code: 'IDEM_STORE_UNAVAILABLE',
  reason: 'the pool was ended; close the store before its pool',
};

const POOL_EXHAUSTED: FaultMeaning = {
  transient: true,
  code: 'IDEM_STORE_BUSY',
  reason:
    'no connection of the pool became free in time; look for a slow server first, then make the pool larger',
};

const NO_ANSWER: FaultMeaning = {
  transient: true,
  code: 'IDEM_STORE_TIMEOUT',
  reason: 'the server did not answer in time; look for what holds it up',
};

/** Codes of Node.js and of postgres.js, each decided. */
export const driverErrors: ReadonlyMap<string, FaultMeaning> = new Map([
  ...[
    ['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH'],
    ['ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'ERR_STREAM_WRITE_AFTER_END'],
    // Of postgres.js.
    ['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'],
  ]
    .flat()
    .map((code) => [code, LOST] as const),
  ['CONNECTION_ENDED', POOL_ENDED],
  ...[
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED'],
    ['CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
  ]
    .flat()
    .map((code) => [code, UNTRUSTED] as const),
]);

/** What `pg`, its pool and the libraries above say without a code: by their texts. */
export const driverTexts: readonly (readonly [RegExp, FaultMeaning])[] = [
  [
    /after calling end on the pool|pool is (?:draining|destroyed)|Driver not Connected/i,
    POOL_ENDED,
  ],
  [/timeout exceeded when trying to connect|Timeout acquiring a connection/i, POOL_EXHAUSTED],
  [/Query read timeout/i, NO_ANSWER],
  [
    /Connection terminated|is not queryable|Client was closed|connection is closed|Connection ended/i,
    LOST,
  ],
  [/does not support SSL connections/i, UNTRUSTED],
];
