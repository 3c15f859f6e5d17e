import { Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';
import { idempotencyOf, idempotent } from '../src/index.ts';

/** The execution is noted on the request itself, where that can be. */
test.each([
  ['open', (request: Request) => request],
  ['frozen', (request: Request) => Object.freeze(request)],
])(
  'the handler of a request that is %s finds its execution, and of another none',
  async (_, make) => {
    const fences: (number | undefined)[] = [];
    const idempotency = new Idempotency({ store: new MemoryStore(), ttl: 60_000 });
    const answer = idempotent({ idempotency, principal: 'anonymous' }, (request) => {
      fences.push(idempotencyOf(request)?.fence, idempotencyOf(request.clone())?.fence);
      return new Response('done');
    });
    const headers = { 'idempotency-key': 'a' };
    const request = make(new Request('http://localhost/', { method: 'POST', headers }));
    expect(await (await answer(request)).text()).toBe('done');
    expect(fences).toEqual([expect.any(Number), undefined]);
  },
);
