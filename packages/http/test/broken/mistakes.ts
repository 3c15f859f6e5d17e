import type { IdempotencyStore } from '@idem/core';
import type { Group } from '../suite/cases.ts';
import { execution, handlers, long, problems } from '../suite/groups/answers.ts';
import { fingerprint, scope } from '../suite/groups/isolation.ts';
import { keyHeader, policy } from '../suite/groups/key.ts';
import { clients, progress } from '../suite/groups/progress.ts';
import { failures, recording } from '../suite/groups/recording.ts';
import { headers, replay } from '../suite/groups/replay.ts';
import type { Mutation, Options } from '../suite/stage.ts';

/** A middleware with one mistake, and the cases that catch it. */
export interface Mistake {
  readonly group: Group;
  readonly mistake: string;
  readonly mutation: Mutation;
  readonly caughtBy: readonly string[];
}

const HOUR = 3_600_000;

function options(change: Options | ((given: Options) => Options)): Mutation {
  return {
    options: (given) => ({ ...given, ...(typeof change === 'function' ? change(given) : change) }),
  };
}

function mistake(group: Group, what: string, mutation: Mutation, ...caughtBy: string[]): Mistake {
  return { group, mistake: what, mutation, caughtBy };
}

/** A store that is never told what a request says. */
function withoutFingerprints(store: IdempotencyStore): IdempotencyStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name !== 'claim') return Reflect.get(target, name, target);
      const claim: IdempotencyStore['claim'] = (key, { token, lease }, call) =>
        target.claim(key, { token, lease }, call);
      return claim;
    },
  });
}

const asText = (body: Uint8Array) => Buffer.from(Buffer.from(body).toString('utf8'));

export const MISTAKES: readonly Mistake[] = [
  mistake(
    keyHeader,
    'takes the header for the key, quotes and all',
    options({ key: (request) => request.header('idempotency-key') }),
    'the bare form is the same key',
    'parameters of the item are none of it',
    'an escaped quote and an escaped backslash are one character each',
    'the header sent twice is refused',
    'a comma without quotes is refused',
  ),
  mistake(
    keyHeader,
    'compares keys without their case',
    options({ key: (request) => request.header('idempotency-key')?.toLowerCase() }),
    'case is significant',
  ),
  mistake(
    keyHeader,
    'takes any length',
    options({
      maxKeyLength: 255,
      key: (request) => request.header('idempotency-key')?.slice(0, 200),
    }),
    'one of 256 characters is refused',
    'one longer than maxKeyLength is refused',
  ),
  mistake(
    keyHeader,
    'knows no strict mode',
    options({ strict: false }),
    'strict: the bare form is refused',
    'strict: a number is refused',
  ),
  mistake(
    policy,
    'never requires a key',
    options({ required: false }),
    'a missing key is refused where one is required',
    'a resolver that finds none is a missing key',
  ),
  mistake(
    policy,
    'protects every method',
    options({ methods: ['POST', 'PATCH', 'PUT', 'GET'] }),
    'PUT passes unless it is named',
    'GET passes, and is not recorded',
  ),
  mistake(policy, 'forgets PATCH', options({ methods: ['POST'] }), 'PATCH is protected'),
  mistake(
    policy,
    'skips nothing',
    options({ skip: async () => false }),
    'skip lets a request pass',
    'skip may be async',
  ),
  mistake(
    scope,
    'knows no principal',
    options({ principal: 'anonymous' }),
    'one principal is never answered with the record of another',
    'a principal that is none executes nothing, and is the affair of error handling',
  ),
  mistake(
    scope,
    'knows no route',
    options({ route: () => '/' }),
    'one route is never answered with the record of another',
    'two long paths that differ at the end stay apart',
  ),
  mistake(
    scope,
    'cuts long paths off',
    options({ route: (request) => request.url.slice(0, 100) }),
    'two long paths that differ at the end stay apart',
  ),
  mistake(
    fingerprint,
    'compares nothing',
    options({ fingerprint: () => 'same' }),
    'another amount under the same key is refused',
    'another payload is refused also while the first one runs',
    'a binary body is compared byte for byte',
  ),
  mistake(
    fingerprint,
    'remembers no fingerprint',
    { executor: (given) => ({ ...given, store: withoutFingerprints(given.store) }) },
    'another amount under the same key is refused',
    'the query is part of it',
    'a binary body is compared byte for byte',
  ),
  mistake(
    fingerprint,
    'compares JSON with the order of its fields',
    options({ fingerprint: (request) => JSON.stringify([request.url, request.body]) }),
    'the order of fields makes no difference',
    'the order of fields deep inside makes no difference',
    'fields can be left out',
  ),
  mistake(
    fingerprint,
    'lets large requests through',
    options({ whenRequestTooLarge: 'pass' }),
    'a body above the cap is refused',
    'a body in chunks above the cap is refused',
  ),
  mistake(
    replay,
    'takes bodies for text',
    options({ redact: (answer) => ({ ...answer, body: asText(answer.body) }) }),
    'bytes that are no text',
    'a stream of several chunks',
    'a file',
    'a compressed body, as it was sent',
  ),
  mistake(
    replay,
    'replays a 204 as a 200',
    options({
      redact: (answer) => ({ ...answer, status: answer.status === 204 ? 200 : answer.status }),
    }),
    'a 204',
  ),
  mistake(
    replay,
    'keeps the content type only',
    options({
      headers: {
        drop: ['location', 'etag', 'link', 'last-modified', 'content-encoding', 'x-two', 'x-done'],
      },
    }),
    'a redirect with its location',
    'a 304 with its etag',
    'content headers, etag, last-modified, link and those of the application',
    'one header sent on several lines',
    'headers given to writeHead as a list',
  ),
  mistake(
    replay,
    'drops trailers and reason phrases',
    options({ redact: ({ status, headers: fields, body }) => ({ status, headers: fields, body }) }),
    'trailers',
    'a reason phrase of the handler',
  ),
  mistake(
    replay,
    'never completes a record',
    options({ record: () => false }),
    'an object',
    'pieces written one by one',
    'end with a piece, an encoding and a callback',
    'an empty stream',
  ),
  mistake(
    headers,
    'replays what was for the first caller',
    options({
      headers: {
        keep: ['set-cookie', 'authorization', 'www-authenticate', 'x-request-id', 'date'],
      },
    }),
    'several Set-Cookie headers reach the first client one by one, and no other',
    'nothing of authentication is replayed',
    'nothing about one request is replayed',
    'a replay has its own date',
  ),
  mistake(
    headers,
    'merges Set-Cookie headers',
    {
      handler: (handler) => (call) =>
        handler({
          ...call,
          json: (status, value, given = {}) =>
            call.json(
              status,
              value,
              Object.fromEntries(
                Object.entries(given).map(([name, one]) => [name, [one].flat().join(', ')]),
              ),
            ),
        }),
    },
    'several Set-Cookie headers reach the first client one by one, and no other',
  ),
  mistake(
    recording,
    'keeps errors of the server by default',
    options(({ record = 'stripe' }) => ({ record })),
    'answers below 500 are, those from 500 free the key',
    'an error that the handler throws frees the key',
  ),
  mistake(
    recording,
    'keeps successes only',
    options({ record: 'success' }),
    'answers below 500 are, those from 500 free the key',
    'stripe keeps those from 500 too',
  ),
  mistake(
    recording,
    'stores what should be redacted',
    options({ redact: (answer) => answer }),
    'a redactor changes the stored copy, not the first answer',
    'a redactor that throws stores nothing but the status',
  ),
  mistake(
    recording,
    'stores in clear',
    {
      executor: ({ codec: _, ...given }) => given,
    },
    'encrypted records are replayed, and are not readable',
  ),
  mistake(
    failures,
    'executes when the store is down',
    options({ whenUnreachable: 'run-unprotected' }),
    'a store that is down is a 503 with Retry-After, and nothing is executed',
    'a store that hangs is a 503 within storeTimeout',
  ),
  mistake(
    failures,
    'hangs with the store',
    options({ storeTimeout: HOUR }),
    'a store that hangs is a 503 within storeTimeout',
  ),
  mistake(
    failures,
    'holds the answer back until it is recorded, however long that takes',
    { executor: (given) => ({ ...given, recordTimeout: HOUR }) },
    'an answer that cannot be recorded goes out within a bound, marked',
  ),
  mistake(
    progress,
    'lets everybody wait',
    options({ wait: HOUR, maxWait: HOUR }),
    'a retry is refused with 409, and told to come when the lease ends',
    'a client cannot wait for longer than maxWait',
  ),
  mistake(
    progress,
    'says one second, whatever the lease',
    options({
      problem: (problem) => ({
        status: problem.status,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '1' },
        body: JSON.stringify(problem),
      }),
    }),
    'Retry-After is that of the lease',
  ),
  mistake(progress, 'knows no Prefer', options({ maxWait: 0 }), 'Prefer: wait=n waits'),
  mistake(
    clients,
    'records nothing once the client has left',
    options(() => ({ record: () => false })),
    'the execution goes on, and is recorded',
    'a stream is read to its end, and recorded',
    'a file is read to its end, and recorded',
  ),
  mistake(
    long,
    'keeps whatever it is',
    options({ maxResponseBytes: 8 * 1024 * 1024, streamAfter: HOUR }),
    'one above the limit is delivered whole, marked, and never executed again',
    'one that goes on for longer than streamAfter counts as open-ended',
  ),
  mistake(
    long,
    'forgets that a long one was executed',
    options({ record: () => false }),
    'one above the limit is delivered whole, marked, and never executed again',
    'a long stream is delivered whole, and its handler is not run ahead of',
  ),
  mistake(
    handlers,
    'holds the key of a handler that hangs for ever',
    { executor: (given) => ({ ...given, lease: HOUR, maxHold: HOUR }) },
    'one that never answers frees its key, and its client',
  ),
  mistake(
    handlers,
    'takes the last word of a handler',
    {
      handler: (handler) => (call) =>
        handler({
          ...call,
          raw: (use) =>
            call.raw((res) => {
              const { end } = res;
              let last: unknown[] = [];
              res.end = (...args: unknown[]) => {
                last = args;
                return res;
              };
              res.write = () => true;
              void use(res);
              Reflect.apply(end, res, last);
            }),
        }),
    },
    'one that answers twice is taken at its first word',
  ),
  mistake(
    problems,
    'answers in plain text',
    options({
      problem: ({ status, title }) => ({
        status,
        headers: { 'content-type': 'text/plain' },
        body: title,
      }),
    }),
    'they say what, why, where to read, and whether to try again',
    'the application can answer in its own way',
    'only what cures itself is retryable',
  ),
  mistake(
    execution,
    'tells the handler nothing',
    { handler: (handler) => (call) => handler({ ...call, context: undefined }) },
    'its key, its fence, and that nobody was before it',
  ),
];
