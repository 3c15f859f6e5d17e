import { IdempotencyError } from '@idem/core';
import { NotConnected } from './driver/driver.ts';

/** What the server's or the driver's error means for the operation. */
type Fault =
  | { readonly kind: 'transient'; readonly remedy: string }
  | { readonly kind: 'full' }
  | { readonly kind: 'wrong type' }
  | { readonly kind: 'late' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused'; readonly remedy: string; readonly retryable: boolean };

/**
 * The server's error codes that pass by themselves: while it starts (LOADING), runs another script
 * (BUSY), changes its role (READONLY, MASTERDOWN, UNBLOCKED), or moves slots (MOVED, ASK, TRYAGAIN,
 * CLUSTERDOWN). Of a Cluster, MOVED and ASK are followed first.
 */
const TRANSIENT: Readonly<Record<string, string>> = {
  LOADING: 'wait until the server has loaded its data',
  BUSY: 'find the script that runs for so long (SCRIPT KILL ends it)',
  READONLY: 'connect to the master: through Sentinel, a Cluster client, or the new address',
  MASTERDOWN: 'connect to the master: the replica has lost it',
  UNBLOCKED: 'connect to the master: this server became a replica',
  NOREPLICAS: 'bring back the replicas that min-replicas-to-write asks for',
  TRYAGAIN: 'wait until the slot has been moved',
  CLUSTERDOWN: 'see which slots no master serves (CLUSTER INFO)',
  MOVED: 'use a Cluster client: this server is part of one',
  ASK: 'use a Cluster client: this server is part of one',
};

/** What WAIT is answered by a server that was the master when it took the write. */
const DEMOTED = /^ERR WAIT cannot be used with replica instances/;

const REFUSED: Readonly<Record<string, string>> = {
  NOAUTH: 'give the client a password',
  WRONGPASS: "correct the client's user name and password",
  NOPERM:
    'allow the user +evalsha +eval +get +getex +getrange +strlen +exists +set +del +pexpire +pttl +time, +wait with replicas and +select with a database, on the keys of the prefix; the README has the rights for each topology',
  NOPROTO: 'set the protocol option of the client to 2',
};

/** What ioredis and node-redis say when a connection is not there, or went away before the reply. */
const CONNECTION = new RegExp(
  [
    '^Connection is closed|^Reached the max retries per request|^Stream isn.t writeable',
    '^Cluster isn.t ready|^Command aborted due to connection close|^None of startup nodes',
    '^Failed to refresh slots cache|^Too many Cluster redirections|^Cluster is (?:ended|disconnect)',
    '^Socket timeout|^connect ETIMEDOUT|^All sentinels are unreachable|max number of clients reached',
    '^The client is (?:closed|offline)|^Disconnects client|^Socket closed unexpectedly',
    '^Connection timeout|^All the root nodes are unavailable|^Timeout waiting for a client',
    '^Attempted execution on released',
  ].join('|'),
);
const SYSTEM =
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|ERR_STREAM_\w+)$/;

/** As OpenSSL and Node.js code it when the certificate of the other side is not good, or ours is not. */
const CERTIFICATE =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|ERR_TLS_CERT_|ERR_SSL_TLSV1|ERR_SSL_SSLV3|ERR_SSL_WRONG)/;

/** Before Redis 7 the code of a command within a script comes late in the message. */
const SCRIPT_CODE = /^ERR Error running script .*: -?([A-Z]{2,}) /;

/** What ioredis says of its sentinels, with what the last of them said. */
const LAST_ERROR = /^All sentinels are unreachable.*Last error: (.*)$/s;

/** From Redis 7 on, what a user has no right to within a script has another code. */
const DENIED_IN_SCRIPT = /^ERR The user executing the script can't /;

function replyCode(message: string): string {
  if (DENIED_IN_SCRIPT.test(message)) return 'NOPERM';
  const said = LAST_ERROR.exec(message)?.[1] ?? message;
  return SCRIPT_CODE.exec(said)?.[1] ?? /^-?([A-Z]+)\b/.exec(said)?.[1] ?? '';
}

/** True where the certificate of the other side is not good, or ours is not. */
function isCertificateFault(error: unknown): boolean {
  if (CERTIFICATE.test(systemCode(error))) return true;
  const said = error instanceof Error ? (LAST_ERROR.exec(error.message)?.[1] ?? '') : '';
  return /certificate|altnames/i.test(said);
}

function faultOf(error: unknown, ended: boolean): Fault {
  const message = error instanceof Error ? error.message : String(error);
  const code = DEMOTED.test(message) ? 'UNBLOCKED' : replyCode(message);
  const transient = TRANSIENT[code];
  if (transient !== undefined) return { kind: 'transient', remedy: transient };
  if (code === 'OOM') return { kind: 'full' };
  if (code === 'WRONGTYPE') return { kind: 'wrong type' };
  if (code === 'MISCONF') {
    const remedy = 'see in its log why the server cannot save, and cure that';
    return { kind: 'refused', remedy, retryable: true };
  }
  const refused = REFUSED[code];
  if (refused !== undefined) return { kind: 'refused', remedy: refused, retryable: false };
  if (isCertificateFault(error)) {
    const remedy =
      "give the client the server's CA (tls.ca), a certificate that it accepts, and the name that is in it";
    return { kind: 'refused', remedy, retryable: false };
  }
  if (NOT_IN_SCRIPTS.test(message)) {
    const remedy =
      'see whether the server has every command that the store sends; for one that refuses TIME there is the option timeInScripts: false';
    return { kind: 'refused', remedy, retryable: false };
  }
  if (NO_CLUSTER.test(message)) {
    const remedy = 'open it as one server (redis://, or a Redis client), for it is no Cluster';
    return { kind: 'refused', remedy, retryable: false };
  }
  if (NO_DATABASE.test(message)) {
    const remedy = 'name a database that the server has (its option databases)';
    return { kind: 'refused', remedy, retryable: false };
  }
  if (message === 'Command timed out') return { kind: 'late' };
  if (error instanceof NotConnected || CONNECTION.test(message) || SYSTEM.test(systemCode(error))) {
    if (ended) return { kind: 'ended' };
    return { kind: 'transient', remedy: 'see that the server runs and can be reached' };
  }
  const remedy = 'see the cause, which is what the server or the client said';
  return { kind: 'refused', remedy, retryable: false };
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** True when the server does not know the script: since it started, or after SCRIPT FLUSH. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** What a server says to whoever has no right to be there. */
const UNWELCOME: ReadonlySet<string> = new Set(['WRONGPASS', 'NOAUTH', 'NOPERM']);

/** What SELECT is answered where there is no such database; ioredis would go on, in database 0. */
const NO_DATABASE = /^ERR (?:DB index is out of range|invalid DB index|SELECT is not allowed)/;

/** What a command is answered that a server lets no script send. */
const NOT_IN_SCRIPTS = /not allowed from script/;

/** What CLUSTER is answered where there is none; Redis 6.2 and up, and Valkey. */
const NO_CLUSTER = /^ERR This instance has cluster support disabled/;

/**
 * True for what no further attempt to connect will cure: a wrong password, a database that is not
 * there, a server that is part of no Cluster, a certificate that is not trusted.
 */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    UNWELCOME.has(replyCode(error.message)) ||
    error.message.startsWith('ERR invalid password') ||
    NO_DATABASE.test(error.message) ||
    NO_CLUSTER.test(error.message) ||
    isCertificateFault(error)
  );
}

/** True when the server is a replica. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof Error && replyCode(error.message) === 'READONLY';
}

/** True when the operation may be sent again: it had no effect, or one that a repetition finds. */
export function isTransient(error: unknown, ended: boolean): boolean {
  return faultOf(error, ended).kind === 'transient';
}

/** ioredis hangs the command with all its arguments on the error, and the value is one of them. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error && 'command' in error) delete error.command;
  return error;
}

/** The documented error for what the server or the driver said. */
export function toIdempotencyError(error: unknown, ended: boolean): IdempotencyError {
  if (error instanceof IdempotencyError) return error;
  const fault = faultOf(error, ended);
  const cause = withoutCommand(error);
  const said = error instanceof Error ? error.message : String(error);
  switch (fault.kind) {
    case 'full':
      return new IdempotencyError(
        'IDEM_STORE_FULL',
        'Redis is at its maxmemory and takes no new record: raise maxmemory, or shorten the ttl.',
        { cause, retryable: true },
      );
    case 'wrong type':
      return new IdempotencyError(
        'IDEM_RECORD_CORRUPT',
        'The key holds no record of this library: it is not even a string. Look at it with redis-cli; remove(key) clears it away.',
        { cause },
      );
    case 'late':
      return new IdempotencyError(
        'IDEM_STORE_TIMEOUT',
        "Redis did not answer within the client's commandTimeout; the outcome is unknown, and the same call may be repeated.",
        { cause, retryable: true },
      );
    case 'ended':
      return new IdempotencyError(
        'IDEM_STORE_UNAVAILABLE',
        `The client is closed, or was never connected, and does not connect by itself (${said}): connect it, or hand in one that is open.`,
        { cause },
      );
    case 'transient':
      return new IdempotencyError(
        'IDEM_STORE_UNAVAILABLE',
        `Redis could not serve the operation in time (${said}): ${fault.remedy}.`,
        { cause, retryable: true },
      );
    case 'refused':
      return new IdempotencyError(
        'IDEM_STORE_FAILED',
        `Redis refused the operation (${said}): ${fault.remedy}.`,
        { cause, retryable: fault.retryable },
      );
  }
}
