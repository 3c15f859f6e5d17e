/** What every benchmark of `run` does: the call of a payment that a web request asks for. */
import { hash } from 'node:crypto';

export const TTL = 86_400_000;
export const LEASE = 30_000;
export const SCOPE: readonly string[] = ['acme', 'charge'];

/** The request's body, 200 bytes: what the fingerprint is made of. */
export const BODY: string = sized(200, (note) =>
  JSON.stringify({ amount: 4200, currency: 'eur', customer: 'cus_9s6XKzkNRiz8i3', note }),
);

/** What the function returns: 230 bytes of JSON. */
export const RESULT = {
  status: 201,
  body: { id: 'ch_3OqX', amount: 4200, currency: 'eur', captured: true, note: '' },
};
RESULT.body.note = 'x'.repeat(230 - JSON.stringify(RESULT).length);

/** The hash that `run` makes of the body, for the side that does without `run`. */
export function fingerprintOf(body: string): string {
  return hash('sha256', body, 'base64url');
}

/** The name that `run` gives a record of this scope. */
export function recordKey(key: string): string {
  return `@acme:charge/${key}`;
}

function sized(bytes: number, make: (filler: string) => string): string {
  return make('x'.repeat(bytes - make('').length));
}
