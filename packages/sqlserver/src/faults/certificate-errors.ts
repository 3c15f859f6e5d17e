import type { FaultMeaning } from './server-errors.ts';

const final = (reason: string): FaultMeaning => ({
  transient: false,
  code: 'IDEM_STORE_UNAVAILABLE',
  reason,
});

const UNTRUSTED = final(
  'the server’s certificate is not signed by an authority that this process trusts, as on a fresh installation; give that authority (NODE_EXTRA_CA_CERTS, or options.cryptoCredentialsDetails.ca of tedious), or, in a network of your own only, set trustServerCertificate',
);
const EXPIRED = final(
  'the server’s certificate is not valid now; renew it, and see that the clocks agree',
);
const OTHER_NAME = final(
  'the server’s certificate is for another name; connect by a name that it is for, or set options.serverName of tedious to one',
);
const NO_COMMON_TLS = final(
  'client and server found no version or cipher of TLS that both allow; update the server, or set options.cryptoCredentialsDetails of tedious',
);

/** How Node.js and OpenSSL code what is wrong with a certificate (Node.js, "X509 certificate error codes"). */
const CODES: ReadonlyMap<string, FaultMeaning> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['CERT_UNTRUSTED', UNTRUSTED],
  ['CERT_REJECTED', UNTRUSTED],
  ['CERT_REVOKED', UNTRUSTED],
  ['CERT_SIGNATURE_FAILURE', UNTRUSTED],
  ['INVALID_CA', UNTRUSTED],
  ['INVALID_PURPOSE', UNTRUSTED],
  ['CERT_HAS_EXPIRED', EXPIRED],
  ['CERT_NOT_YET_VALID', EXPIRED],
  ['HOSTNAME_MISMATCH', OTHER_NAME],
  ['ERR_TLS_CERT_ALTNAME_INVALID', OTHER_NAME],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', NO_COMMON_TLS],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', NO_COMMON_TLS],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', NO_COMMON_TLS],
  ['ERR_SSL_NO_PROTOCOLS_AVAILABLE', NO_COMMON_TLS],
]);

/** What is wrong with the server's certificate, where that is in the error's causes. tedious calls it ESOCKET. */
export function certificateFault(error: Error): FaultMeaning | undefined {
  let cause: unknown = error;
  for (let depth = 0; cause instanceof Error && depth < 8; depth++) {
    const fault = 'code' in cause ? CODES.get(String(cause.code)) : undefined;
    if (fault !== undefined) return fault;
    cause = cause.cause;
  }
  return undefined;
}
