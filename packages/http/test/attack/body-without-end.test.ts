import { expect, test } from 'vitest';
import { idempotent } from '../../src/index.ts';
import { executor } from './support/serve.ts';

test('Fetch: of a body that has no end only as much is read as is looked at', async () => {
  let executions = 0;
  const handle = idempotent(
    { idempotency: executor(), principal: 'anonymous', maxRequestBytes: 10_000 },
    () => {
      executions += 1;
      return new Response();
    },
  );
  let pieces = 0;
  const body = new ReadableStream({
    pull(controller) {
      pieces += 1;
      if (pieces > 1_000) controller.error(new Error('All of it is read.'));
      else controller.enqueue(new Uint8Array(1_000));
    },
  });
  const headers = { 'idempotency-key': 'order-1' };
  const init = { method: 'POST', body, headers, duplex: 'half' } as const;
  const response = await handle(new Request('https://shop.example/payments', init));
  expect([response.status, executions]).toEqual([413, 0]);
  expect(pieces).toBeLessThan(20);
});
