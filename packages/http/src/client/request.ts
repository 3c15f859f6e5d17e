import { bodyOf, repeatable } from './body.ts';
import type { Config } from './config.ts';
import { refuse } from './errors.ts';
import { headerOf, keyIn } from './key.ts';
import type { FetchInit, FetchInput, SendOptions } from './options.ts';
import type { ClientRuntime } from './runtime.ts';

/** Methods that may be repeated by themselves (RFC 9110, section 9.2.2): they need no key. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'QUERY'],
]);

/** A request that says the same, byte for byte, each time it is sent. */
export interface RepeatableRequest {
  /** The method and where it goes, without the query, which may be a secret. */
  readonly name: string;
  /** Undefined where the method needs none. */
  readonly key: string | undefined;
  /** The caller's own. */
  readonly signal: AbortSignal | undefined;
  /** Resolves when all of the body is here. */
  readonly ready: Promise<unknown>;
  /** Once it is ready. */
  send(signal: AbortSignal): Promise<Response>;
}

/**
 * Takes down what is to be sent, before anything is. What the caller changes afterwards, in the body, the
 * headers or `init`, changes no attempt.
 */
export function takeDown(
  config: Config,
  runtime: ClientRuntime,
  input: FetchInput,
  init: FetchInit,
  options: SendOptions,
): RepeatableRequest {
  const request = requestIn(input);
  const own = copyOf(init);
  const method = String(own.method ?? request?.method ?? 'GET');
  const headers = new Headers(own.headers ?? request?.headers);
  const key = settleKey(config, runtime, headers, method, options);
  const { url } = request ?? { url: String(input) };
  checkPlatformTakesIt(config, url, method, headers, own.body ?? request?.body);
  const signal = own.signal === undefined ? request?.signal : (own.signal ?? undefined);
  const ready = request === undefined || own.body != null ? repeatable(own.body) : bodyOf(request);
  const name = `${method} ${url.replace(/[?#].*$/s, '')}`;
  const send = async (signal: AbortSignal): Promise<Response> => {
    const { body, type } = await ready;
    const all = new Headers(headers);
    if (type !== null && !all.has('content-type')) all.set('content-type', type);
    // The global one is looked up here, and called as a function: it minds its `this`.
    const send = config.fetch ?? fetch;
    // A URL that the caller changes meanwhile would send the same key elsewhere.
    return send(request ?? url, { ...own, method, headers: all, body: body ?? null, signal });
  };
  return { name, key, signal, ready, send };
}

function requestIn(input: FetchInput): Request | undefined {
  return typeof input === 'object' && 'headers' in input ? input : undefined;
}

/** Own and inherited members alike, as `fetch` reads them. */
function copyOf(init: FetchInit): FetchInit {
  if (typeof init !== 'object' || init === null) {
    refuse('IDEM_INVALID_OPTIONS', init, 'an object', 'second argument of the request');
  }
  const copy: Record<string, unknown> = {};
  for (const name in init) copy[name] = Reflect.get(init, name);
  return copy;
}

/** The key of this call, in the headers. One that the caller wrote there stays as it is. */
function settleKey(
  { keyHeader, quoted }: Config,
  runtime: ClientRuntime,
  headers: Headers,
  method: string,
  options: SendOptions,
): string | undefined {
  const given = headers.get(keyHeader);
  if (given !== null) {
    if ('key' in options) {
      refuse(
        'IDEM_INVALID_OPTIONS',
        options.key,
        `left out: ${keyHeader} is among the headers`,
        'key',
      );
    }
    if (given === '') refuse('IDEM_INVALID_KEY', given, 'there, or left out', keyHeader);
    return keyIn(given);
  }
  if (!('key' in options) && IDEMPOTENT.has(method.toUpperCase())) return undefined;
  const key = 'key' in options ? options.key : runtime.createKey();
  headers.set(keyHeader, headerOf(key, quoted));
  return key;
}

/**
 * What the platform itself refuses (a bad URL, a GET with a body) looks like a network error afterwards,
 * and would be repeated for nothing. A `fetch` of the caller's may understand relative URLs.
 */
function checkPlatformTakesIt(
  config: Config,
  url: string,
  method: string,
  headers: Headers,
  body: unknown,
): void {
  if (config.fetch !== undefined && !URL.canParse(url)) return;
  void new Request(url, { method, headers, ...(body == null ? {} : { body: '' }) });
}
