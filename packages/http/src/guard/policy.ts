import { isIdempotencyError } from '@idem/core';
import {
  checkLease,
  checkMethods,
  checkMilliseconds,
  checkOptionNames,
  checkTtl,
  refuse,
} from '@idem/core/adapter';
import { type FingerprintOptions, fingerprintOf } from '@idem/fingerprint';
import type { AnswerHead } from '../answer/answer.ts';
import { RecordedHeaders } from '../answer/recorded-headers.ts';
import type { IdempotentOptions, RecordPreset } from '../options.ts';
import { problemJson } from '../problems/problem.ts';
import { Scopes } from '../request/scope.ts';

/** The options of a binding, checked, with nothing left open. */
export interface Policy<Req> {
  readonly idempotency: IdempotentOptions<Req>['idempotency'];
  readonly principal: IdempotentOptions<Req>['principal'];
  readonly required: NonNullable<IdempotentOptions<Req>['required']>;
  readonly methods: ReadonlySet<string>;
  readonly skip: IdempotentOptions<Req>['skip'];
  readonly header: string;
  readonly strict: boolean;
  readonly maxKeyLength: number;
  readonly key: IdempotentOptions<Req>['key'];
  readonly route: IdempotentOptions<Req>['route'];
  readonly scopes: Scopes;
  readonly fields: FingerprintOptions;
  readonly fingerprint:
    | ((request: Req) => string | Uint8Array | Promise<string | Uint8Array>)
    | undefined;
  readonly maxRequestBytes: number;
  readonly whenRequestTooLarge: 'refuse' | 'pass';
  /** How much of an answer is kept, and how many milliseconds after its first byte it counts as open-ended. */
  readonly limits: { readonly maxBytes: number; readonly streamAfter: number };
  readonly keeps: (answer: AnswerHead) => boolean;
  readonly redact: IdempotentOptions<Req>['redact'];
  readonly recordedHeaders: RecordedHeaders;
  readonly wait: number;
  readonly maxWait: number;
  readonly ttl: number | undefined;
  readonly lease: number | undefined;
  readonly storeTimeout: number;
  readonly runUnprotected: boolean;
  readonly problem: NonNullable<IdempotentOptions<Req>['problem']>;
  readonly replayedHeader: string;
  readonly recordedHeader: string;
  readonly onError: IdempotentOptions<Req>['onError'];
}

const NAMES: readonly (keyof IdempotentOptions<never>)[] = [
  ...(['idempotency', 'principal', 'required', 'methods', 'skip', 'header', 'strict'] as const),
  ...(['maxKeyLength', 'key', 'route', 'fingerprint', 'maxRequestBytes'] as const),
  ...(['whenRequestTooLarge', 'maxResponseBytes', 'streamAfter', 'record', 'redact'] as const),
  ...(['headers', 'wait', 'maxWait', 'ttl', 'lease', 'storeTimeout', 'whenUnreachable'] as const),
  ...(['problem', 'replayedHeader', 'recordedHeader', 'onError'] as const),
];
/** The names that every binding knows; one may have more. */
export const OPTION_NAMES: ReadonlySet<string> = new Set(NAMES);

const MIB = 1024 * 1024;
const LONGEST_KEY = 255;

const PRESETS: Readonly<Record<RecordPreset, (answer: AnswerHead) => boolean>> = {
  'below-500': ({ status }) => status < 500,
  success: ({ status }) => status >= 200 && status < 300,
  stripe: () => true,
};

/** Refuses, with `IDEM_INVALID_OPTIONS` and before any request, what would protect nothing or something else. */
export function checkOptions<Req>(
  options: IdempotentOptions<Req>,
  names: ReadonlySet<string> = OPTION_NAMES,
): Policy<Req> {
  checkOptionNames(options, names, 'options of idempotent');
  const { idempotency, principal, required = false, wait = 0, maxWait = 30_000 } = options;
  checkMethods(idempotency, ['run', 'status'], 'an Idempotency', 'idempotency');
  if (principal !== 'anonymous' && typeof principal !== 'function') {
    const what =
      "a function of the request that says whose it is, or 'anonymous' where all callers share their keys";
    refuse('IDEM_INVALID_OPTIONS', principal, what, 'principal');
  }
  if (typeof required !== 'boolean') checkFunction(required, 'required');
  for (const name of ['skip', 'key', 'route', 'redact', 'problem', 'onError'] as const) {
    if (options[name] !== undefined) checkFunction(options[name], name);
  }
  const { maxKeyLength = LONGEST_KEY, maxRequestBytes = MIB, maxResponseBytes = MIB } = options;
  checkCount(maxKeyLength, 'maxKeyLength', LONGEST_KEY);
  checkCount(maxRequestBytes, 'maxRequestBytes', Number.MAX_SAFE_INTEGER);
  checkCount(maxResponseBytes, 'maxResponseBytes', 8 * MIB);
  checkMilliseconds(wait, 'wait', 0);
  checkMilliseconds(maxWait, 'maxWait', 0);
  const { streamAfter = 10_000, storeTimeout = 5_000, ttl, lease } = options;
  checkMilliseconds(streamAfter, 'streamAfter', 1);
  checkMilliseconds(storeTimeout, 'storeTimeout', 1);
  if (ttl !== undefined) checkTtl(ttl);
  if (lease !== undefined) checkLease(lease);
  const { header = 'Idempotency-Key', strict = false } = options;
  const { replayedHeader = 'Idempotency-Replayed', recordedHeader = 'Idempotency-Recorded' } =
    options;
  checkName(header, 'header');
  checkName(replayedHeader, 'replayedHeader');
  checkName(recordedHeader, 'recordedHeader');
  if (typeof strict !== 'boolean')
    refuse('IDEM_INVALID_OPTIONS', strict, 'true or false', 'strict');
  const { whenRequestTooLarge = 'refuse', whenUnreachable = 'reject' } = options;
  checkOneOf(whenRequestTooLarge, ['refuse', 'pass'], 'whenRequestTooLarge');
  checkOneOf(whenUnreachable, ['reject', 'run-unprotected'], 'whenUnreachable');
  const { fingerprint = {}, headers = {}, methods = ['POST', 'PATCH'] } = options;
  const fields = typeof fingerprint === 'function' ? {} : fingerprint;
  checkFields(fields);
  return {
    ...{ idempotency, principal, required, skip: options.skip, key: options.key },
    ...{ header: header.toLowerCase(), strict, maxKeyLength, route: options.route },
    scopes: new Scopes(),
    ...{ fields, fingerprint: typeof fingerprint === 'function' ? fingerprint : undefined },
    ...{ maxRequestBytes, whenRequestTooLarge },
    limits: { maxBytes: maxResponseBytes, streamAfter },
    ...{ redact: options.redact, wait, maxWait, ttl, lease, storeTimeout },
    ...{ replayedHeader, recordedHeader, onError: options.onError },
    methods: new Set(checkList(methods, 'methods').map((method) => method.toUpperCase())),
    keeps: keeping(options.record ?? 'below-500'),
    recordedHeaders: headerChoice(headers, [replayedHeader, recordedHeader]),
    runUnprotected: whenUnreachable === 'run-unprotected',
    problem: options.problem ?? problemJson,
  };
}

/** What is wrong with the fields is known before the first request. */
function checkFields(fields: FingerprintOptions): void {
  try {
    fingerprintOf({}, fields);
  } catch (error) {
    // Here there is no request that could have them.
    if (!isIdempotencyError(error, 'IDEM_INVALID_FINGERPRINT')) throw error;
  }
}

function keeping(
  record: RecordPreset | ((answer: AnswerHead) => boolean),
): (answer: AnswerHead) => boolean {
  if (typeof record === 'function') return record;
  checkOneOf(record, Object.keys(PRESETS), 'record');
  return PRESETS[record];
}

function headerChoice(headers: unknown, own: readonly string[]): RecordedHeaders {
  checkOptionNames(headers, new Set(['keep', 'drop']), 'headers');
  const keep = 'keep' in headers && headers.keep !== undefined ? headers.keep : [];
  const drop = 'drop' in headers && headers.drop !== undefined ? headers.drop : [];
  const choice = { keep: checkList(keep, 'headers.keep'), drop: checkList(drop, 'headers.drop') };
  return new RecordedHeaders(choice, own);
}

function checkFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') refuse('IDEM_INVALID_OPTIONS', value, 'a function', name);
}

function checkCount(value: unknown, name: string, most: number): void {
  if (Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most) return;
  refuse('IDEM_INVALID_OPTIONS', value, `a whole number from 1 to ${most}`, name);
}

function checkName(value: unknown, name: string): void {
  if (typeof value === 'string' && /^[!#$%&'*+.^_`|~\w-]+$/.test(value)) return;
  refuse('IDEM_INVALID_OPTIONS', value, 'the name of a header field', name);
}

function checkOneOf(value: unknown, known: readonly string[], name: string): void {
  if (typeof value === 'string' && known.includes(value)) return;
  refuse('IDEM_INVALID_OPTIONS', value, known.map((one) => `'${one}'`).join(' or '), name);
}

function checkList(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value)) refuse('IDEM_INVALID_OPTIONS', value, 'a list of names', name);
  const names: string[] = [];
  for (const one of value) {
    if (typeof one !== 'string' || one === '') refuse('IDEM_INVALID_OPTIONS', one, 'a name', name);
    names.push(one);
  }
  return names;
}
