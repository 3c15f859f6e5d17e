import { expect } from 'vitest';
import { type IdempotentFetchOptions, idempotentFetch } from '../../../src/client/index.ts';
import { hurried, NEVER } from '../../client/support/hurried.ts';
import { Gate } from '../../support/gate.ts';
import { group } from '../cases.ts';
import { BODY, JSON_TYPE, KEY, receipt, type Stage } from '../stage.ts';

const key = KEY.replaceAll('"', '');

/** A payment by the library's own client, whose pauses are over at once. */
function pay(stage: Stage, options: IdempotentFetchOptions = {}, body = BODY) {
  const ask = idempotentFetch({ deadline: NEVER, attemptTimeout: NEVER, ...options }, hurried());
  const url = `http://127.0.0.1:${stage.server.port}/payments`;
  return ask.run(url, { method: 'POST', headers: JSON_TYPE, body }, { key });
}

export const asking = group('asked by idempotentFetch', {
  'its key is the one that is executed under': async (stage) => {
    stage.use({ strict: true, required: true });
    const { response, replayed, attempts } = await pay(stage);
    expect([response.status, replayed, attempts]).toEqual([201, false, 1]);
    expect(stage.calls[0]?.context?.key).toBe(key);
  },
  'an answer that was lost on the way is replayed': async (stage) => {
    stage.use({});
    let lost: unknown;
    const lossy: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      if (lost !== undefined) return response;
      lost = await response.json();
      throw new TypeError('The connection broke.');
    };
    const { response, replayed, attempts } = await pay(stage, { fetch: lossy });
    expect([response.status, replayed, attempts]).toEqual([201, true, 2]);
    expect([await response.json(), stage.executions]).toEqual([lost, 1]);
  },
  'while another asks, it asks until that one is answered': async (stage) => {
    const reached = new Gate();
    const gate = new Gate();
    stage.use({}, async (call) => {
      reached.open();
      await gate.opened;
      return receipt(call);
    });
    const first = pay(stage);
    await reached.opened;
    const second = await pay(stage, {
      onRetry: async (retry) => {
        expect(retry).toMatchObject({ reason: 'answer', status: 409 });
        gate.open();
        await first;
      },
    });
    expect([second.response.status, second.replayed, second.attempts]).toEqual([201, true, 2]);
    expect(await second.response.json()).toEqual(await (await first).response.json());
    expect(stage.executions).toBe(1);
  },
  'a store that is down is asked again until it is back': async (stage) => {
    stage.use({});
    stage.faults.break('claim', 'unavailable');
    const pauses: number[] = [];
    const onRetry: IdempotentFetchOptions['onRetry'] = ({ delay }) => {
      pauses.push(delay);
      stage.faults.mend();
    };
    const { response, attempts } = await pay(stage, { onRetry });
    expect([response.status, attempts, stage.executions]).toEqual([201, 2, 1]);
    // Retry-After is a second, and its own backoff comes on top.
    expect(pauses[0]).toBeGreaterThan(1_000);
  },
  'an answer of 500 frees the key, and the next attempt executes': async (stage) => {
    stage.use({}, (call) => (stage.executions === 1 ? call.json(500, {}) : receipt(call)));
    const { response, replayed, attempts } = await pay(stage);
    expect([response.status, replayed, attempts, stage.executions]).toEqual([201, false, 2, 2]);
  },
  'an answer of 500 that was recorded is final': async (stage) => {
    stage.use({ record: 'stripe' }, (call) => call.json(500, { sorry: true }));
    await stage.pay();
    const { response, replayed, attempts } = await pay(stage);
    expect([response.status, replayed, attempts, stage.executions]).toEqual([500, true, 1, 1]);
  },
  'another payload is final': async (stage) => {
    stage.use({});
    await pay(stage);
    const { response, attempts } = await pay(stage, {}, '{"amount":1}');
    expect([response.status, attempts, stage.executions]).toEqual([422, 1, 1]);
  },
  'an answer that was not kept is final': async (stage) => {
    stage.use({ maxResponseBytes: 10 }, (call) => call.bytes(201, Buffer.alloc(11)));
    await pay(stage);
    const { response, replayed, attempts } = await pay(stage);
    expect([response.status, replayed, attempts, stage.executions]).toEqual([410, true, 1, 1]);
  },
});
