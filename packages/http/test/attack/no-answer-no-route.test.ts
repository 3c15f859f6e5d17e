import { expect, test } from 'vitest';
import { idempotent } from '../../src/index.ts';
import { executor } from './support/serve.ts';

function payment(): Request {
  const headers = { 'idempotency-key': 'a' };
  return new Request('http://shop.example/payments', { method: 'POST', headers });
}

test('Fetch: an answer that is an error is thrown, and not recorded', async () => {
  const answers = [Response.error(), new Response('R-1', { status: 201 })];
  const answer = idempotent({ idempotency: executor(), principal: 'anonymous' }, () => {
    return answers.shift() ?? Response.error();
  });
  await expect(answer(payment())).rejects.toThrow(/a status of 200 or more; it answered with 0/);
  for (const { status } of [await answer(payment()), await answer(payment())]) {
    expect(status).toBe(201);
  }
});

test.each([
  ['nothing', undefined],
  ['a number', 7],
  ['a promise', Promise.resolve('/payments')],
  ['half a character, which another half is hashed like', '\ud800'],
])('a route function that answers %s is a mistake, and nothing is executed', async (_, route) => {
  let executions = 0;
  const options = { idempotency: executor(), principal: 'anonymous', route: () => route } as const;
  const answer = idempotent(options as never, () => new Response(`R-${++executions}`));
  await expect(answer(payment())).rejects.toThrow(/^route must answer, at once, the route/);
  expect(executions).toBe(0);
});
