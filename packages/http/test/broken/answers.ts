import { handlers, long } from '../suite/groups/answers.ts';
import { asking } from '../suite/groups/asking.ts';
import { failures } from '../suite/groups/failures.ts';
import { headers } from '../suite/groups/headers.ts';
import { execution, problems } from '../suite/groups/problems.ts';
import { clients, progress } from '../suite/groups/progress.ts';
import { recording } from '../suite/groups/recording.ts';
import { replay } from '../suite/groups/replay.ts';

import { asText, HOUR, type Mistake, mistake, options } from './kit.ts';

export const ANSWER_MISTAKES: readonly Mistake[] = [
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
  mistake(
    asking,
    'does not say that it is a replay',
    options({ replayedHeader: 'x-again' }),
    'an answer that was lost on the way is replayed',
    'an answer of 500 that was recorded is final',
  ),
  mistake(
    asking,
    'keeps errors of the server',
    options({ record: 'stripe' }),
    'an answer of 500 frees the key, and the next attempt executes',
  ),
];
