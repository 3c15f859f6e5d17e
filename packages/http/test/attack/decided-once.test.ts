import type { IdempotencyStore } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/index.ts';
import { FaultStore } from '../support/fault-store.ts';
import { Gate } from '../support/gate.ts';
import { executor } from './support/serve.ts';

const STORE_TIMEOUT = 20;

function payment(): Request {
  const headers = { 'idempotency-key': 'a' };
  return new Request('http://shop.example/payments', { method: 'POST', headers });
}

/** After whatever is due until then. */
function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

test.each<[string, IdempotencyStore]>([
  ['at once', new MemoryStore()],
  ['by a claim', new FaultStore(new MemoryStore()).store],
])('a store that answered %s is not found silent later', async (_, store) => {
  const errors: unknown[] = [];
  let executions = 0;
  const answer = idempotent(
    {
      ...{ idempotency: executor(store), principal: 'anonymous', storeTimeout: STORE_TIMEOUT },
      whenUnreachable: 'run-unprotected',
      onError: (error) => void errors.push(error),
    },
    () => new Response(`R-${++executions}`),
  );
  for (let n = 0; n < 3; n += 1) expect(await (await answer(payment())).text()).toBe('R-1');
  await after(3 * STORE_TIMEOUT);
  expect([executions, errors]).toEqual([1, []]);
});

test('who waits for another execution may wait for longer than the store has to claim a key', async () => {
  const gate = new Gate();
  const answer = idempotent(
    {
      ...{ idempotency: executor(), principal: 'anonymous', storeTimeout: STORE_TIMEOUT },
      wait: 60_000,
    },
    async () => {
      await gate.opened;
      return new Response('R-1');
    },
  );
  const both = [answer(payment()), answer(payment())];
  await after(3 * STORE_TIMEOUT);
  gate.open();
  const answers = await Promise.all(both);
  expect(
    answers.map(({ status, headers }) => [status, headers.get('idempotency-replayed')]),
  ).toEqual([
    [200, null],
    [200, 'true'],
  ]);
});
