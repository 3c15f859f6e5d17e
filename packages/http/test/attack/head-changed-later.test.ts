import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/node.ts';
import { executor, serving } from './support/serve.ts';

/** A response that is not held takes the head as it is when `writeHead` is called, or the body begins. */
test.each<[string, (res: ServerResponse) => void]>([
  [
    'an object of header fields',
    (res) => {
      const fields: Record<string, string | string[]> = { 'x-name': 'as written', 'x-list': ['a'] };
      res.writeHead(201, 'As Written', fields);
      Object.assign(fields['x-list'] ?? [], ['b']);
      fields['x-name'] = 'changed';
      res.end('R-1');
    },
  ],
  [
    'a list of names and values',
    (res) => {
      const fields = ['x-name', 'as written', 'x-list', 'a'];
      res.writeHead(201, 'As Written', fields);
      fields.splice(1, 3, 'changed', 'x-list', 'b');
      res.end('R-1');
    },
  ],
  [
    'the reason phrase',
    (res) => {
      res.setHeader('x-name', 'as written').setHeader('x-list', 'a');
      res.statusCode = 201;
      res.statusMessage = 'As Written';
      res.write('R-');
      res.statusMessage = 'Changed';
      res.end('1');
    },
  ],
])(
  '%s that is changed after the head changes neither the answer nor its record',
  async (_, answer) => {
    const options = { idempotency: executor(), principal: 'anonymous' } as const;
    await serving(
      idempotent(options, (_req, res) => answer(res)),
      async ({ pay }) => {
        for (const { status, statusText, headers } of [await pay(), await pay()]) {
          expect([status, statusText, headers['x-name'], headers['x-list']]).toEqual([
            ...[201, 'As Written', 'as written', 'a'],
          ]);
        }
      },
    );
  },
);

test('trailers that are changed after they were added change neither the answer nor its record', async () => {
  const options = { idempotency: executor(), principal: 'anonymous' } as const;
  const listener = idempotent(options, (_req, res) => {
    const trailers = { 'x-sum': 'as added' };
    res.writeHead(200, { trailer: 'x-sum' });
    res.write('R-1');
    res.addTrailers(trailers);
    trailers['x-sum'] = 'changed';
    res.end();
  });
  await serving(listener, async ({ pay }) => {
    for (const { trailers } of [await pay(), await pay()]) {
      expect(trailers).toEqual({ 'x-sum': 'as added' });
    }
  });
});
