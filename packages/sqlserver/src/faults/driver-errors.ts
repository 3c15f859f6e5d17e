import type { FaultMeaning } from './server-errors.ts';

const LOST: FaultMeaning = {
  transient: true,
  code: 'IDEM_STORE_UNAVAILABLE',
  reason:
    'the server cannot be reached, or the connection was lost; see that it runs and that the address is right',
};

const GONE: FaultMeaning = {
  transient: true,
  code: 'IDEM_STORE_FAILED',
  reason:
    'the transaction is no longer there: the server rolled it back, as after a deadlock; run the whole of it again',
};

const LOGIN: FaultMeaning = {
  transient: false,
  code: 'IDEM_STORE_UNAVAILABLE',
  reason: 'the login was refused; check the user, the password and the database',
};

/** tedious's own codes (its errors.ts and connection.ts), each decided. */
export const driverErrors: ReadonlyMap<string, FaultMeaning> = new Map([
  ['ESOCKET', LOST],
  ['ECONNCLOSED', LOST],
  ['ECLOSE', LOST],
  ['ENOTOPEN', LOST],
  ['EINSTLOOKUP', LOST],
  // Node's own, which tedious passes on when a socket fails under a request.
  ['ECONNRESET', LOST],
  ['ECONNREFUSED', LOST],
  ['ECONNABORTED', LOST],
  ['EPIPE', LOST],
  ['ETIMEDOUT', LOST],
  ['EHOSTUNREACH', LOST],
  ['ENETUNREACH', LOST],
  ['ENOTFOUND', LOST],
  ['EAI_AGAIN', LOST],
  // A connection that died in the pool refuses the request before anything is sent, and so does one
  // on which another request of a transaction is under way.
  ['EINVALIDSTATE', LOST],
  [
    'ETIMEOUT',
    {
      transient: true,
      code: 'IDEM_STORE_TIMEOUT',
      reason: 'the server did not answer in time; look for what holds it up',
    },
  ],
  [
    'ECANCEL',
    { transient: true, code: 'IDEM_STORE_TIMEOUT', reason: 'the request was cancelled; try again' },
  ],
  // Of mssql: the server rolled the transaction back, or nobody began it.
  ['EABORT', GONE],
  ['ENOTBEGUN', GONE],
  // Of Prisma: its own timeout has ended the transaction, or it was ended before.
  ['P2028', GONE],
  [
    'EREQINPROG',
    {
      transient: false,
      code: 'IDEM_STORE_FAILED',
      reason:
        'another request of the transaction is still under way, and mssql takes one at a time; await each request before the next, and before your function returns',
    },
  ],
  ['ELOGIN', LOGIN],
  [
    'EFEDAUTH',
    {
      transient: true,
      code: 'IDEM_STORE_UNAVAILABLE',
      reason:
        'no token for the login was to be had; its error is in the cause, so look at the credential and at the service that it asks',
    },
  ],
  [
    'EENCRYPT',
    {
      transient: false,
      code: 'IDEM_STORE_UNAVAILABLE',
      reason: 'client and server do not agree on encryption; set encrypt as the server has it',
    },
  ],
]);

/** tarn's error when no connection became free. */
export const POOL_EXHAUSTED: FaultMeaning = {
  transient: true,
  code: 'IDEM_STORE_BUSY',
  reason:
    'no connection of the pool became free in time; look for a slow server first, then make the pool larger',
};
