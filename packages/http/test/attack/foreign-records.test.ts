import type { Idempotency } from '@idem/core';
import { JSON_OF_CALL } from '@idem/core/adapter';
import { MemoryStore } from '@idem/memory';
import { describe, expect, test } from 'vitest';
import { idempotent as fetchHandler } from '../../src/index.ts';
import { idempotent } from '../../src/node.ts';
import { executor, serving } from './support/serve.ts';

const good = { http: 1, status: 200, headers: [], text: 'R-1' };

/** What a store may hold under the key, after a fault or an attack. */
const records: readonly [string, unknown][] = [
  ['a header that splits the answer', { ...good, headers: [['x-a', 'b\r\nset-cookie: c']] }],
  ['a header with a name that is none', { ...good, headers: [['x a', 'b']] }],
  ['a header that is no text', { ...good, headers: [['x-a', { b: 1 }]] }],
  ['headers that are an object', { ...good, headers: { 'x-a': 'b' } }],
  ['a trailer that splits the answer', { ...good, trailers: [['x-a', 'b\r\nc: d']] }],
  ['a status below 200', { ...good, status: 100 }],
  ['a status that is text', { ...good, status: '200' }],
  ['no body', { http: 1, status: 200, headers: [] }],
  ['another version', { ...good, http: 2 }],
  ['null', null],
  ['a list', [good]],
];

/** Writes it where the next request with this key looks, whatever the name of its record is. */
async function withRecord(record: unknown): Promise<Idempotency> {
  const idempotency = executor(new MemoryStore());
  return new Proxy(idempotency, {
    get: (target, name) => {
      if (name !== 'run') return Reflect.get(target, name, target);
      return async (key: string, fn: () => unknown, options: object) => {
        // Written as it is, not as the middleware would write what it takes for its own.
        const { [JSON_OF_CALL]: _, ...plain }: { readonly [JSON_OF_CALL]?: unknown } = options;
        await target.run(key, () => record, plain);
        return target.run(key, fn, options);
      };
    },
  });
}

describe('a record that is none', () => {
  test.each(records)('%s is a 500 that names it, and executes nothing', async (_, record) => {
    let executions = 0;
    const errors: unknown[] = [];
    const options = {
      ...{ idempotency: await withRecord(record), principal: 'anonymous' as const },
      onError: (error: unknown) => void errors.push(error),
    };
    const listener = idempotent(options, (_req, res) => void res.end(String(++executions)));
    await serving(listener, async ({ pay }) => {
      const answer = await pay();
      expect(answer.status).toBe(500);
      expect(answer.json()).toMatchObject({ type: expect.stringMatching(/#record-unreadable$/) });
      expect(answer.headers['set-cookie']).toBeUndefined();
    });
    const handle = fetchHandler(
      { ...options, idempotency: await withRecord(record) },
      () => new Response(String(++executions)),
    );
    const headers = { 'idempotency-key': 'a' };
    const response = await handle(new Request('http://a/', { method: 'POST', headers }));
    expect(await response.json()).toMatchObject({
      type: expect.stringMatching(/#record-unreadable$/),
    });
    expect([executions, errors.length]).toEqual([0, 2]);
  });
});
