import { randomBytes } from 'node:crypto';
import { encrypted, jsonCodec } from '@idem/core';
import { expect } from 'vitest';
import { group } from '../cases.ts';
import {
  expectProblem,
  expectReplay,
  isReplay,
  type Options,
  receipt,
  type Stage,
} from '../stage.ts';

async function statusesOf(stage: Stage, options: Options, statuses: readonly number[]) {
  const executions: Record<number, number> = {};
  for (const status of statuses) {
    stage.executions = 0;
    stage.use(options, (call) => call.json(status, { status }));
    await stage.payTwice({ headers: { 'idempotency-key': `"s-${status}"` } });
    executions[status] = stage.executions;
  }
  return executions;
}

const STATUSES = [200, 201, 302, 400, 404, 409, 429, 500, 503];

export const recording = group('what is recorded', {
  'answers below 500 are, those from 500 free the key': async (stage) => {
    expect(await statusesOf(stage, {}, STATUSES)).toEqual({
      200: 1,
      201: 1,
      302: 1,
      400: 1,
      404: 1,
      409: 1,
      429: 1,
      500: 2,
      503: 2,
    });
  },
  'stripe keeps those from 500 too': async (stage) => {
    expect(await statusesOf(stage, { record: 'stripe' }, STATUSES)).toEqual({
      200: 1,
      201: 1,
      302: 1,
      400: 1,
      404: 1,
      409: 1,
      429: 1,
      500: 1,
      503: 1,
    });
  },
  'success keeps 2xx only': async (stage) => {
    expect(await statusesOf(stage, { record: 'success' }, STATUSES)).toEqual({
      200: 1,
      201: 1,
      302: 2,
      400: 2,
      404: 2,
      409: 2,
      429: 2,
      500: 2,
      503: 2,
    });
  },
  'a function decides by what was answered': async (stage) => {
    const record: Options['record'] = ({ status, headers }) =>
      status !== 429 && !headers.some(([name]) => name === 'x-try-again');
    stage.use({ record }, (call) =>
      call.json(200, {}, stage.executions === 1 ? { 'x-try-again': '1' } : {}),
    );
    await stage.payTwice();
    expect([stage.executions, isReplay(await stage.pay())]).toEqual([2, true]);
  },
  'a function that throws keeps the answer': async (stage) => {
    stage.use({
      record: () => {
        throw new Error('policy');
      },
    });
    expectReplay(stage, ...(await stage.payTwice()));
  },
  'an answer that is not kept goes out as it is': async (stage) => {
    stage.use({ record: () => false }, (call) => call.json(201, { n: 1 }, { 'x-a': 'b' }));
    const first = await stage.pay();
    expect([
      first.status,
      first.json(),
      first.headers['x-a'],
      first.headers['idempotency-recorded'],
    ]).toEqual([201, { n: 1 }, 'b', undefined]);
  },
  'an error that the handler throws frees the key': async (stage) => {
    stage.use({}, (call) =>
      stage.executions === 1 ? call.fail(new Error('boom')) : receipt(call),
    );
    const [first, second] = await stage.payTwice();
    expect([first.status, second.status, isReplay(second), stage.executions]).toEqual([
      500,
      201,
      false,
      2,
    ]);
  },
  'an answer that error handling gives is recorded as any other': [
    ({ name }) =>
      name.startsWith('Express') ||
      name.startsWith('Koa') ||
      name.startsWith('Fastify') ||
      name.startsWith('Nest'),
    async (stage) => {
      stage.use({}, (call) =>
        call.fail(
          Object.assign(new Error('declined'), { status: 402, statusCode: 402, expose: true }),
        ),
      );
      const [first, retry] = await stage.payTwice();
      expect(first.status).toBe(402);
      expectReplay(stage, first, retry);
    },
  ],
  "the middleware's own 409 is never recorded": async (stage) => {
    let end = (): void => {};
    const gate = new Promise<void>((resolve) => {
      end = resolve;
    });
    let reached = (): void => {};
    const executing = new Promise<void>((resolve) => {
      reached = resolve;
    });
    stage.use({}, async (call) => {
      reached();
      await gate;
      return call.json(201, { receipt: 'R-1' });
    });
    const first = stage.pay();
    await executing;
    expectProblem(await stage.pay(), 409, 'in-progress');
    end();
    expectReplay(stage, await first, await stage.pay());
  },
  "the middleware's own 422 is never recorded": async (stage) => {
    stage.use({});
    const first = await stage.pay();
    expectProblem(await stage.pay({ body: '{}' }), 422, 'key-reused');
    expectReplay(stage, first, await stage.pay());
  },
  "the middleware's own 400 is never recorded": async (stage) => {
    stage.use({ fingerprint: { only: ['/amount'] } });
    expectProblem(await stage.pay({ body: '{}' }), 400, 'fingerprint-invalid');
    expectReplay(stage, ...(await stage.payTwice()));
  },
  'a redactor changes the stored copy, not the first answer': async (stage) => {
    const redact: Options['redact'] = (answer) => ({
      ...answer,
      body: Buffer.from('{"card":"…"}'),
      headers: answer.headers.filter(([name]) => name !== 'x-card'),
    });
    stage.use({ redact }, (call) => call.json(200, { card: '4242' }, { 'x-card': '4242' }));
    const [first, retry] = await stage.payTwice();
    expect([first.json(), first.headers['x-card'], retry.json(), retry.headers['x-card']]).toEqual([
      { card: '4242' },
      '4242',
      { card: '…' },
      undefined,
    ]);
  },
  'a redactor that throws stores nothing but the status': async (stage) => {
    stage.use({
      redact: () => {
        throw new Error('redactor');
      },
    });
    const first = await stage.pay();
    expect([first.status, first.headers['idempotency-recorded']]).toEqual([201, 'outcome-only']);
    expectProblem(await stage.pay(), 410, 'answer-not-kept');
    expect([stage.executions, String(stage.errors[0])]).toEqual([1, 'Error: redactor']);
  },
  'encrypted records are replayed, and are not readable': async (stage) => {
    const codec = encrypted(jsonCodec, [{ id: 'k', key: randomBytes(32) }]);
    stage.use({}, (call) => call.json(200, { iban: 'DE00' }), { codec });
    const [first, retry] = await stage.payTwice();
    expectReplay(stage, first, retry);
    const scope = stage.calls[0]?.context?.scope ?? [];
    const key = stage.idempotency.recordKey('8e03978e-40d5-43dd-bc93-6894a57f9324', { scope });
    const stored = await stage.faults.store.find(key);
    expect(Buffer.from(stored ?? []).includes('DE00')).toBe(false);
    expect(stored?.byteLength).toBeGreaterThan(0);
  },
  'the ttl of the route counts': async (stage) => {
    stage.use({ ttl: 120_000 });
    await stage.pay();
    const scope = stage.calls[0]?.context?.scope ?? [];
    const status = await stage.idempotency.status('8e03978e-40d5-43dd-bc93-6894a57f9324', {
      scope,
    });
    expect(status.state === 'completed' && status.ttlRemaining <= 120_000).toBe(true);
  },
  'once the record has gone, the request is executed again': async (stage) => {
    stage.use({});
    await stage.pay();
    const scope = stage.calls[0]?.context?.scope ?? [];
    await stage.idempotency.forget('8e03978e-40d5-43dd-bc93-6894a57f9324', { scope });
    expect([isReplay(await stage.pay()), stage.executions]).toEqual([false, 2]);
  },
});
