import { IdempotencyError } from '@idem/core';
import { expect } from 'vitest';
import { group } from '../cases.ts';
import { expectProblem, expectReplay, receipt } from '../stage.ts';

export const failures = group('when things fail', {
  'a store that is down is a 503 with Retry-After, and nothing is executed': async (stage) => {
    stage.use({});
    stage.faults.break('claim', 'unavailable');
    const received = await stage.pay();
    expectProblem(received, 503, 'store-unavailable');
    expect([received.headers['retry-after'], stage.executions, stage.errors.length]).toEqual([
      '1',
      0,
      1,
    ]);
    stage.faults.mend();
    expectReplay(stage, ...(await stage.payTwice()));
  },
  'a store that hangs is a 503 within storeTimeout': async (stage) => {
    stage.use({ storeTimeout: 20 });
    stage.faults.break('claim', 'hangs');
    expectProblem(await stage.pay(), 503, 'store-unavailable');
    expect(stage.executions).toBe(0);
  },
  'a store that is down lets requests pass where that is wanted, and marks the answers': async (
    stage,
  ) => {
    stage.use({ whenUnreachable: 'run-unprotected' });
    stage.faults.break('claim', 'unavailable');
    const first = await stage.pay();
    expect([first.status, first.headers['idempotency-recorded'], stage.executions]).toEqual([
      201,
      'no',
      1,
    ]);
  },
  'a store that hangs lets requests pass where that is wanted': async (stage) => {
    stage.use({ whenUnreachable: 'run-unprotected', storeTimeout: 20 });
    stage.faults.break('claim', 'hangs');
    const first = await stage.pay();
    expect([first.status, first.headers['idempotency-recorded'], stage.executions]).toEqual([
      201,
      'no',
      1,
    ]);
  },
  'the executor may let them pass too, marked': async (stage) => {
    stage.use({}, receipt, { whenUnreachable: 'run-unprotected' });
    stage.faults.break('claim', 'unavailable');
    const first = await stage.pay();
    expect([first.status, first.headers['idempotency-recorded'], stage.executions]).toEqual([
      201,
      'no',
      1,
    ]);
  },
  'a full store is a 503, and nothing is executed': async (stage) => {
    stage.use({ whenUnreachable: 'run-unprotected' });
    stage.faults.break('claim', new IdempotencyError('IDEM_STORE_FULL', 'full'));
    expectProblem(await stage.pay(), 503, 'store-unavailable');
    expect(stage.executions).toBe(0);
  },
  'an answer that cannot be recorded goes out within a bound, marked': async (stage) => {
    stage.use({}, (call) => call.json(201, { receipt: 'R-1' }), { recordTimeout: 30 });
    stage.faults.break('complete', 'hangs');
    const first = await stage.pay();
    expect([first.status, first.json(), first.headers['idempotency-recorded']]).toEqual([
      201,
      { receipt: 'R-1' },
      'no',
    ]);
    expect(stage.errors).toMatchObject([{ code: 'IDEM_NOT_RECORDED' }]);
  },
  'an answer that the store refuses to record goes out, marked': async (stage) => {
    stage.use({}, receipt);
    stage.faults.break('complete', new IdempotencyError('IDEM_STORE_CLOSED', 'closed'));
    const first = await stage.pay();
    expect([first.status, first.headers['idempotency-recorded']]).toEqual([201, 'no']);
  },
  'a key that cannot be freed hides no answer': async (stage) => {
    stage.use({}, (call) => call.json(500, { sorry: true }));
    stage.faults.break('release', 'unavailable');
    const first = await stage.pay();
    expect([first.status, first.json()]).toEqual([500, { sorry: true }]);
  },
  'a damaged record is a 500, and nothing is executed': async (stage) => {
    stage.use({});
    stage.faults.break('claim', new IdempotencyError('IDEM_RECORD_CORRUPT', 'damaged'));
    expectProblem(await stage.pay(), 500, 'record-unreadable');
    expect([stage.executions, stage.errors.length]).toEqual([0, 1]);
  },
  'a record of something else is a 500, and nothing is executed': async (stage) => {
    stage.use({});
    await stage.pay();
    const scope = stage.calls[0]?.context?.scope ?? [];
    const records: unknown[] = [
      'text',
      { http: 2, status: 200, headers: [], text: '' },
      { http: 1, status: 200, headers: [] },
      { http: 1, status: 99, headers: [], text: '' },
      { http: 1, status: 200, headers: [['a']], text: '' },
      { http: 1, status: 200, headers: [['a', 1]], text: '' },
    ];
    for (const record of records) {
      await stage.idempotency.forget('8e03978e-40d5-43dd-bc93-6894a57f9324', { scope });
      await stage.idempotency.run('8e03978e-40d5-43dd-bc93-6894a57f9324', () => record, { scope });
      expectProblem(await stage.pay(), 500, 'record-unreadable');
    }
    expect(stage.executions).toBe(1);
  },
  'bytes that no codec wrote are a 500, and nothing is executed': async (stage) => {
    stage.use({});
    await stage.pay();
    const scope = stage.calls[0]?.context?.scope ?? [];
    const key = stage.idempotency.recordKey('8e03978e-40d5-43dd-bc93-6894a57f9324', { scope });
    await stage.faults.store.store(key, Buffer.from('nonsense'), 60_000);
    expectProblem(await stage.pay(), 500, 'record-unreadable');
    expect(stage.executions).toBe(1);
  },
  'a problem says nothing of the inside': async (stage) => {
    stage.use({});
    stage.faults.break('claim', new Error('password=hunter2 at 10.0.0.7'));
    const received = await stage.pay();
    expectProblem(received, 503, 'store-unavailable');
    expect(received.body.toString()).not.toMatch(/hunter2|10\.0\.0\.7|stack/);
    expect(String(stage.errors[0])).toContain('hunter2');
  },
});
