import { Readable } from 'node:stream';
import { expect } from 'vitest';
import { Gate, until } from '../../support/gate.ts';
import type { Handler } from '../app.ts';
import { group, onNode } from '../cases.ts';
import { expectProblem, expectReplay, isReplay, KEY, receipt } from '../stage.ts';

const TEXT = { 'content-type': 'text/plain' };
const EVENTS = { 'content-type': 'text/event-stream' };

export const long = group('answers that are not kept', {
  'one above the limit is delivered whole, marked, and never executed again': async (stage) => {
    stage.use({ maxResponseBytes: 100 }, (call) => call.bytes(201, Buffer.alloc(101, 'x'), TEXT));
    const first = await stage.pay();
    expect([first.status, first.body.length, first.headers['idempotency-recorded']]).toEqual([
      201,
      101,
      'outcome-only',
    ]);
    const retry = await stage.pay();
    expectProblem(retry, 410, 'answer-not-kept');
    expect(retry.json()).toMatchObject({ outcome: { status: 201 }, retryable: false });
    expect([isReplay(retry), stage.executions]).toEqual([true, 1]);
  },
  'one of just the limit is kept': async (stage) => {
    stage.use({ maxResponseBytes: 100 }, (call) => call.bytes(201, Buffer.alloc(100, 'x'), TEXT));
    expectReplay(stage, ...(await stage.payTwice()));
  },
  'a long stream is delivered whole, and its handler is not run ahead of': async (stage) => {
    const pieces = Array.from({ length: 300 }, (_, n) => Buffer.alloc(10_000, `${n % 10}`));
    stage.use({ maxResponseBytes: 50_000 }, (call) =>
      call.stream(200, Readable.from(pieces), TEXT),
    );
    const first = await stage.pay();
    expect(first.body.equals(Buffer.concat(pieces))).toBe(true);
    expect(first.headers['idempotency-recorded']).toBe('outcome-only');
    expectProblem(await stage.pay(), 410, 'answer-not-kept');
    expect(stage.executions).toBe(1);
  },
  'an event stream is delivered event by event, and recorded as one': async (stage) => {
    const next = new Gate();
    async function* events() {
      yield Buffer.from('data: 1\n\n');
      await next.opened;
      yield Buffer.from('data: 2\n\n');
    }
    // Its type says so: nobody waits until it has gone on for long.
    stage.use({ streamAfter: 3_600_000 }, (call) =>
      call.stream(200, Readable.from(events()), EVENTS),
    );
    const response = await stage.client.begin({ headers: { 'idempotency-key': KEY } });
    const chunks: string[] = [];
    response.on('data', (chunk) => chunks.push(String(chunk)));
    await until(() => chunks.join('') === 'data: 1\n\n');
    expect(response.headers['idempotency-recorded']).toBe('outcome-only');
    // It has not ended, and is not executed again.
    expectProblem(
      await stage.client.send({ headers: { 'idempotency-key': KEY } }),
      410,
      'answer-not-kept',
    );
    next.open();
    await until(() => chunks.join('') === 'data: 1\n\ndata: 2\n\n');
    expect(stage.executions).toBe(1);
  },
  'one that goes on for longer than streamAfter counts as open-ended': async (stage) => {
    const next = new Gate();
    async function* lines() {
      yield Buffer.from('1\n');
      await next.opened;
      yield Buffer.from('2\n');
    }
    stage.use({ streamAfter: 20 }, (call) => call.stream(200, Readable.from(lines()), TEXT));
    const response = await stage.client.begin({ headers: { 'idempotency-key': KEY } });
    expect(response.headers['idempotency-recorded']).toBe('outcome-only');
    next.open();
    const { text } = await import('node:stream/consumers');
    expect(await text(response)).toBe('1\n2\n');
  },
  'a slow one that ends in time is kept': async (stage) => {
    async function* lines() {
      yield Buffer.from('1\n');
      await new Promise((resolve) => setTimeout(resolve, 10));
      yield Buffer.from('2\n');
    }
    stage.use({}, (call) => call.stream(200, Readable.from(lines()), TEXT));
    expectReplay(stage, ...(await stage.payTwice()));
  },
  'a long one from 500 frees the key, and is not marked': async (stage) => {
    stage.use({ maxResponseBytes: 10 }, (call) => call.bytes(503, Buffer.alloc(11, 'x'), TEXT));
    const [first, second] = await stage.payTwice();
    expect([first.headers['idempotency-recorded'], second.status, stage.executions]).toEqual([
      undefined,
      503,
      2,
    ]);
  },
  'the header of the mark may have another name': async (stage) => {
    stage.use({ maxResponseBytes: 10, recordedHeader: 'X-Recorded' }, (call) =>
      call.bytes(200, Buffer.alloc(11), TEXT),
    );
    expect((await stage.pay()).headers['x-recorded']).toBe('outcome-only');
  },
  'a long one that cannot be recorded at all says so': async (stage) => {
    stage.use({ maxResponseBytes: 10 }, (call) => call.bytes(200, Buffer.alloc(11), TEXT), {
      recordTimeout: 20,
    });
    stage.faults.break('complete', 'hangs');
    const first = await stage.pay();
    expect([first.status, first.body.length, first.headers['idempotency-recorded']]).toEqual([
      200,
      11,
      'no',
    ]);
  },
});

export const handlers = group('handlers that misbehave', {
  'one that never answers frees its key, and its client': async (stage) => {
    const hang = new Gate();
    const late: Handler = async (call) => {
      await hang.opened;
      return call.json(201, { late: true });
    };
    stage.use({}, late, { lease: 40, maxHold: 40 });
    let first = await stage.pay();
    await until(async () => {
      // On a machine that stood still the claim itself came too late, and nothing was executed.
      if (stage.executions === 0) first = await stage.pay();
      return stage.executions > 0;
    });
    expectProblem(first, 503, 'execution-lost');
    expect(first.headers['retry-after']).toBe('1');
    stage.use({});
    // Whoever holds a claim gives it up a little before the store does.
    let second = await stage.pay();
    await until(async () => {
      if (second.status === 409) second = await stage.pay();
      return second.status !== 409;
    });
    expect([second.status, stage.executions]).toEqual([201, 2]);
    expect(stage.calls[1]?.context?.takeover).toBe(true);
    // What it answers too late reaches nobody, and breaks nothing.
    hang.open();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const retry = await stage.pay();
    expect([isReplay(retry), retry.body.equals(second.body)]).toEqual([true, true]);
  },
  'one that was overtaken does not pass its answer off as recorded': async (stage) => {
    const reached = new Gate();
    const gate = new Gate();
    stage.use({}, async (call) => {
      reached.open();
      await gate.opened;
      return call.json(201, {});
    });
    const first = stage.pay();
    await reached.opened;
    const scope = stage.calls[0]?.context?.scope ?? [];
    await stage.idempotency.forget(KEY.replaceAll('"', ''), { scope });
    gate.open();
    expectProblem(await first, 503, 'execution-lost');
  },
  'one that was overtaken while its answer was recorded does not either': async (stage) => {
    stage.use({});
    stage.faults.break('complete', 'refuses');
    const first = await stage.pay();
    expectProblem(first, 503, 'execution-lost');
    expect([first.headers['retry-after'], stage.executions]).toEqual(['1', 1]);
  },
  'one that answers twice is taken at its first word': [
    onNode,
    async (stage) => {
      const told: unknown[] = [];
      const tell = (error?: unknown): void => void told.push(error);
      stage.use({}, (call) =>
        call.raw((res) => {
          res.writeHead(201, { 'content-type': 'text/plain' }).end('first');
          res.write('second', tell);
          res.end('third', tell);
        }),
      );
      const [first, retry] = await stage.payTwice();
      expectReplay(stage, first, retry);
      expect(first.body.toString()).toBe('first');
      // As Node tells who writes after the end.
      await until(() => told.length === 2);
      expect(told).toMatchObject(Array(2).fill({ code: 'ERR_STREAM_WRITE_AFTER_END' }));
    },
  ],
  'one that throws after it answered has answered': [
    onNode,
    async (stage) => {
      stage.use({}, async (call) => {
        call.raw((res) => {
          res.writeHead(201, { 'content-type': 'text/plain' }).end('paid');
        });
        return call.fail(new Error('too late'));
      });
      const [first, retry] = await stage.payTwice({ headers: { connection: 'close' } });
      expectReplay(stage, first, retry);
      expect(retry.body.toString()).toBe('paid');
    },
  ],
  'one that destroys its connection has not answered: the key is free': [
    onNode,
    async (stage) => {
      stage.use({}, (call) => {
        if (stage.executions > 1) return receipt(call);
        return call.raw((res) => {
          res.write('half');
          res.destroy();
        });
      });
      await expect(stage.pay()).rejects.toThrow();
      // The connection is gone at once; that the key is free has to reach the store.
      let second = await stage.pay();
      await until(async () => {
        if (second.status === 409) second = await stage.pay();
        return second.status !== 409;
      });
      expect([second.status, isReplay(second), stage.executions]).toEqual([201, false, 2]);
    },
  ],
  // Koa 2 itself leaves the client of such a stream hanging.
  'one whose stream breaks has not answered: the key is free': [
    ({ name }) => name !== 'Koa 2',
    async (stage) => {
      async function* pieces() {
        yield Buffer.from('half');
        throw new Error('the source broke');
      }
      stage.use({}, (call) => {
        if (stage.executions > 1) return receipt(call);
        return call.stream(200, Readable.from(pieces()), TEXT);
      });
      await stage.pay().catch(() => {});
      await until(async () => (await stage.pay()).status === 201);
      expect(stage.executions).toBe(2);
    },
  ],
});
