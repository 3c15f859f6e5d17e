import { Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { Reflector } from '@nestjs/core';
import { describe, expect, test } from 'vitest';
import { idempotent as express } from '../src/express.ts';
import { idempotent as fastify } from '../src/fastify.ts';
import { idempotent as fetch, responder } from '../src/index.ts';
import { idempotent as koa } from '../src/koa.ts';
import { IdempotencyInterceptor } from '../src/nest.ts';
import { idempotent as node } from '../src/node.ts';

const idempotency = new Idempotency({ store: new MemoryStore(), ttl: 60_000 });
const right = { idempotency, principal: 'anonymous' } as const;

/** Each as a stranger to the types would give it. */
const WRONG: readonly [string, object, string?][] = [
  ['no executor', { idempotency: undefined }],
  ['an executor that is none', { idempotency: {} }],
  ['no principal', { principal: undefined }],
  ['a principal that is text', { principal: 'user-1' }],
  ['a misspelt name', { requried: true }],
  ['required that is text', { required: 'yes' }],
  ['skip that is no function', { skip: true }],
  ['key that is no function', { key: 'a' }],
  ['route that is no function', { route: '/' }],
  ['redact that is no function', { redact: {} }],
  ['problem that is no function', { problem: 'json' }],
  ['onError that is no function', { onError: console }],
  ['methods that are text', { methods: 'POST' }],
  ['a method that is empty', { methods: [''] }],
  ['a header that is no name', { header: 'Idempotency Key' }],
  ['a replayedHeader that is no name', { replayedHeader: '' }],
  ['strict that is text', { strict: 'yes' }],
  ['a maxKeyLength of 0', { maxKeyLength: 0 }],
  ['a maxKeyLength above 255', { maxKeyLength: 256 }],
  ['a maxRequestBytes of 1.5', { maxRequestBytes: 1.5 }],
  ['a maxResponseBytes above 8 MiB', { maxResponseBytes: 8 * 1024 * 1024 + 1 }],
  ['an unknown whenRequestTooLarge', { whenRequestTooLarge: 'ignore' }],
  ['an unknown whenUnreachable', { whenUnreachable: 'pass' }],
  ['an unknown preset', { record: 'all' }],
  ['an inherited preset', { record: 'toString' }],
  ['a negative wait', { wait: -1 }],
  ['a maxWait that is no number', { maxWait: '30s' }],
  ['a streamAfter of 0', { streamAfter: 0 }],
  ['a storeTimeout of 0', { storeTimeout: 0 }],
  ['headers with a misspelt name', { headers: { kepe: [] } }],
  ['headers.keep that is text', { headers: { keep: 'etag' } }],
  ['a fingerprint with a misspelt name', { fingerprint: { excpet: ['/a'] } }],
  ['a fingerprint with a field that is none', { fingerprint: { except: ['a'] } }],
  ['a ttl of 0', { ttl: 0 }, 'IDEM_INVALID_TTL'],
  ['a lease of 0', { lease: 0 }, 'IDEM_INVALID_LEASE'],
];

describe('is refused when it is made, before any request', () => {
  test.each(WRONG)('%s', (_, wrong, code = 'IDEM_INVALID_OPTIONS') => {
    const options = { ...right, ...wrong } as typeof right;
    const listener = (): void => {};
    const makers = [
      () => express(options),
      () => koa(options),
      () => fastify(options),
      () => node(options, listener),
      () => fetch(options, () => new Response()),
      () => responder(options),
      () => new IdempotencyInterceptor(options, new Reflector()),
    ];
    for (const make of makers) expect(make).toThrow(expect.objectContaining({ code }));
  });
});

test('undefined is none: what is the default counts', () => {
  const none = { required: undefined, wait: undefined, headers: undefined, ttl: undefined };
  expect(() => express({ ...right, ...none } as typeof right)).not.toThrow();
});

test('what is compared can be said by fields alone', () => {
  expect(() => express({ ...right, fingerprint: { only: ['/amount'] } })).not.toThrow();
});
