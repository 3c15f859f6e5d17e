import { problemOf } from '../problems/catalogue.ts';
import type { Problem } from '../problems/problem.ts';
import { type Body, type Exchange, pathOf } from '../request/exchange.ts';
import {
  type FingerprintReading,
  fingerprintRequest,
  ownFingerprint,
} from '../request/fingerprint.ts';
import { type KeyReading, readKeyHeader, readOtherKey } from '../request/key.ts';
import { preferredWait } from '../request/prefer.ts';
import type { Policy } from './policy.ts';

/** What becomes of a request before the store is asked. */
export type Admission =
  /** It goes on without protection. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** The client left before its request was there. */
  | { readonly kind: 'gone' }
  | Admitted;

/** Under which record a request is executed. Fixed here: what the handler does to the request later changes nothing. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly key: string;
  readonly scope: readonly string[];
  readonly fingerprint: string | Uint8Array;
  readonly wait: number;
  readonly method: string;
  readonly instance: string;
}

const PASS: Admission = Object.freeze({ kind: 'pass' });
const NO_KEY: KeyReading = Object.freeze({ kind: 'none' });

/**
 * Throws, or rejects with, what the application's own functions threw. What is there already is not
 * waited for: a turn costs as much as all that is done here.
 */
export function admit<Req>(
  policy: Policy<Req>,
  exchange: Exchange<Req>,
): Admission | Promise<Admission> {
  if (!policy.methods.has(exchange.method)) return PASS;
  if (policy.skip === undefined && policy.key === undefined) {
    return byKey(policy, exchange, headerKey(policy, exchange));
  }
  return admitSlowly(policy, exchange);
}

async function admitSlowly<Req>(policy: Policy<Req>, exchange: Exchange<Req>): Promise<Admission> {
  const { request } = exchange;
  if (policy.skip !== undefined && (await policy.skip(request))) return PASS;
  const reading =
    policy.key === undefined ? headerKey(policy, exchange) : await otherKey(policy, request);
  return byKey(policy, exchange, reading);
}

function byKey<Req>(
  policy: Policy<Req>,
  exchange: Exchange<Req>,
  reading: KeyReading,
): Admission | Promise<Admission> {
  switch (reading.kind) {
    case 'none':
      return absent(policy, exchange);
    case 'invalid': {
      const what = policy.key === undefined ? `The header ${policy.header}` : 'The idempotency key';
      const detail = `${what} ${reading.why}.`;
      return refused(problemOf('key-invalid', { detail, instance: pathOf(exchange.target) }));
    }
    case 'key': {
      const { key } = reading;
      const whose =
        policy.principal === 'anonymous' ? undefined : policy.principal(exchange.request);
      return typeof whose === 'string' || whose === undefined
        ? byPrincipal(policy, exchange, key, whose)
        : Promise.resolve(whose).then((principal) => byPrincipal(policy, exchange, key, principal));
    }
  }
}

function byPrincipal<Req>(
  policy: Policy<Req>,
  exchange: Exchange<Req>,
  key: string,
  principal: string | undefined,
): Admission | Promise<Admission> {
  const instance = pathOf(exchange.target);
  const scope = scopeFor(policy, exchange, instance, principal);
  const said = fingerprint(policy, exchange);
  return said instanceof Promise
    ? said.then((late) => byContent(policy, exchange, key, scope, instance, late))
    : byContent(policy, exchange, key, scope, instance, said);
}

function byContent<Req>(
  policy: Policy<Req>,
  exchange: Exchange<Req>,
  key: string,
  scope: readonly string[],
  instance: string,
  said: FingerprintReading,
): Admission {
  switch (said.kind) {
    case 'too-large':
      return policy.whenRequestTooLarge === 'pass' ? PASS : refused(tooLarge(policy, instance));
    case 'gone':
      return said;
    case 'not-read':
      return refused(problemOf('body-not-read', { detail: said.remedy, instance }));
    case 'invalid':
      return refused(problemOf('fingerprint-invalid', { detail: said.why, instance }));
    case 'fingerprint': {
      const { method } = exchange;
      const wait = waitOf(policy, exchange);
      return {
        kind: 'admitted',
        key,
        scope,
        fingerprint: said.fingerprint,
        wait,
        method,
        instance,
      };
    }
  }
}

function headerKey<Req>(
  { header, strict, maxKeyLength }: Policy<Req>,
  exchange: Exchange<Req>,
): KeyReading {
  const value = exchange.header(header);
  return value === undefined
    ? NO_KEY
    : readKeyHeader(value, exchange.lines(header), strict, maxKeyLength);
}

async function otherKey<Req>(
  { key, maxKeyLength }: Policy<Req>,
  request: Req,
): Promise<KeyReading> {
  return readOtherKey(await key?.(request), maxKeyLength);
}

function absent<Req>(
  { required, header }: Policy<Req>,
  { request, target }: Exchange<Req>,
): Admission | Promise<Admission> {
  if (required === false) return PASS;
  const missing = (): Admission => refused(keyMissing(header, pathOf(target)));
  if (required === true) return missing();
  return Promise.resolve(required(request)).then((isRequired) => (isRequired ? missing() : PASS));
}

function keyMissing(header: string, instance: string): Problem {
  const detail =
    `This operation needs the header ${header}: a value that is new for each request, and the same ` +
    'for each retry of it, such as a UUID.';
  return problemOf('key-missing', { detail, instance });
}

function scopeFor<Req>(
  { principal, route, scopes }: Policy<Req>,
  { request, method }: Exchange<Req>,
  path: string,
  whose: string | undefined,
): readonly string[] {
  if (
    principal !== 'anonymous' &&
    (typeof whose !== 'string' || whose === '' || !whose.isWellFormed())
  ) {
    // Whoever has none would share the records of all who have none.
    throw new TypeError(
      `principal must answer whose the request is, as text that is not empty; it answered ${typeof whose}. ` +
        "Put the middleware after authentication, or say principal: 'anonymous'.",
    );
  }
  return scopes.of(whose, method, route === undefined ? path : routeOf(route(request)));
}

/** Half a character is written as any other half is: two routes could look alike. */
function routeOf(said: unknown): string {
  if (typeof said === 'string' && said.isWellFormed()) return said;
  throw new TypeError(
    `route must answer, at once, the route of the request as well-formed text; it answered ${typeof said}.`,
  );
}

function fingerprint<Req>(
  policy: Policy<Req>,
  exchange: Exchange<Req>,
): FingerprintReading | Promise<FingerprintReading> {
  if (policy.fingerprint !== undefined) return chosenFingerprint(policy.fingerprint, exchange);
  const { maxRequestBytes: maxBytes } = policy;
  if (Number(exchange.header('content-length')) > maxBytes) return { kind: 'too-large' };
  const say = (body: Body) => fingerprintRequest(exchange, body, policy.fields, maxBytes);
  const body = exchange.body(maxBytes);
  return body instanceof Promise ? body.then(say) : say(body);
}

async function chosenFingerprint<Req>(
  choose: NonNullable<Policy<Req>['fingerprint']>,
  exchange: Exchange<Req>,
): Promise<FingerprintReading> {
  return ownFingerprint(exchange, await choose(exchange.request));
}

function waitOf<Req>({ wait, maxWait }: Policy<Req>, exchange: Exchange<Req>): number {
  const preferred = preferredWait(exchange.header('prefer'));
  return preferred === undefined ? wait : Math.min(preferred, maxWait);
}

function tooLarge<Req>({ maxRequestBytes }: Policy<Req>, instance: string): Problem {
  const detail = `A request with an Idempotency-Key may have a body of ${maxRequestBytes} bytes here.`;
  return problemOf('request-too-large', { detail, instance });
}

function refused(problem: Problem): Admission {
  return { kind: 'refused', problem };
}
