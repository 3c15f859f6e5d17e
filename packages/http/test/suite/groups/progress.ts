import { expect } from 'vitest';
import { Gate, until } from '../../support/gate.ts';
import { nextRequestOn } from '../../support/server-side.ts';
import { group, onNode } from '../cases.ts';
import {
  expectProblem,
  expectReplay,
  isReplay,
  KEY,
  type Options,
  receipt,
  type Stage,
} from '../stage.ts';

/** A handler that has begun, and ends when it is let. */
async function begun(stage: Stage, options: Options = {}, executor = {}) {
  const reached = new Gate();
  const gate = new Gate();
  const joined = new Gate();
  let requests = 0;
  // Asked of each request before anything is decided.
  const skip = (): boolean => {
    requests += 1;
    if (requests === 2) joined.open();
    return false;
  };
  stage.use(
    { skip, ...options },
    async (call) => {
      reached.open();
      await gate.opened;
      return call.json(201, { receipt: 'R-1' });
    },
    executor,
  );
  const first = stage.pay();
  await reached.opened;
  return { first, gate, joined };
}

export const progress = group('while the first is in progress', {
  'a retry is refused with 409, and told to come when the lease ends': async (stage) => {
    const { first, gate } = await begun(stage, { lease: 7_000 });
    const refused = await stage.pay();
    expectProblem(refused, 409, 'in-progress');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(7);
    gate.open();
    expectReplay(stage, await first, await stage.pay());
  },
  'Retry-After is that of the lease': async (stage) => {
    const { first, gate } = await begun(stage, { lease: 120_000 });
    const refused = await stage.pay();
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60);
    gate.open();
    await first;
  },
  'one that is held elsewhere is refused as well': async (stage) => {
    stage.use({});
    await stage.pay();
    const scope = stage.calls[0]?.context?.scope ?? [];
    const end = new Gate();
    const elsewhere = stage.idempotency.run('k-elsewhere', () => end.opened, { scope });
    expectProblem(
      await stage.pay({ headers: { 'idempotency-key': 'k-elsewhere' } }),
      409,
      'in-progress',
    );
    end.open();
    await elsewhere;
  },
  'with wait, it waits and is given the answer': async (stage) => {
    const { first, gate, joined } = await begun(stage, { wait: 20_000 });
    const second = stage.pay();
    await joined.opened;
    setTimeout(gate.open, 10);
    expectReplay(stage, await first, await second);
  },
  'when the wait is over, it is refused': async (stage) => {
    const { first, gate } = await begun(stage, { wait: 20 });
    expectProblem(await stage.pay(), 409, 'in-progress');
    gate.open();
    await first;
  },
  'Prefer: wait=n waits': async (stage) => {
    const { first, gate, joined } = await begun(stage);
    const second = stage.pay({ headers: { prefer: 'respond-async, wait=20' } });
    await joined.opened;
    setTimeout(gate.open, 10);
    expectReplay(stage, await first, await second);
  },
  'Prefer: wait=0 does not wait where others do': async (stage) => {
    const { first, gate } = await begun(stage, { wait: 20_000 });
    expectProblem(await stage.pay({ headers: { prefer: 'wait=0' } }), 409, 'in-progress');
    gate.open();
    await first;
  },
  'a client cannot wait for longer than maxWait': async (stage) => {
    const { first, gate } = await begun(stage, { maxWait: 20 });
    expectProblem(await stage.pay({ headers: { prefer: 'wait=3600' } }), 409, 'in-progress');
    gate.open();
    await first;
  },
  'a preference that is none is ignored': async (stage) => {
    const { first, gate } = await begun(stage);
    for (const prefer of ['wait=soon', 'wait', 'await=20', 'wait=-1', 'wait="']) {
      expectProblem(await stage.pay({ headers: { prefer } }), 409, 'in-progress');
    }
    gate.open();
    await first;
  },
  'of many at the same time one executes, and all get its answer': async (stage) => {
    stage.use({ wait: 30_000 }, (call) =>
      new Promise((resolve) => setTimeout(resolve, 5)).then(() => receipt(call)),
    );
    const all = await Promise.all(Array.from({ length: 20 }, () => stage.pay()));
    expect(stage.executions).toBe(1);
    expect(all.filter(isReplay).length).toBe(19);
    expect(new Set(all.map(({ body }) => body.toString())).size).toBe(1);
  },
  'who waits for one that fails executes': async (stage) => {
    const reached = new Gate();
    const gate = new Gate();
    stage.use({ wait: 30_000 }, async (call) => {
      if (stage.executions > 1) return call.json(201, {});
      reached.open();
      await gate.opened;
      return call.json(500, {});
    });
    const first = stage.pay();
    await reached.opened;
    const second = stage.pay();
    setTimeout(gate.open, 10);
    expect([(await first).status, (await second).status, stage.executions]).toEqual([500, 201, 2]);
  },
  'a client that leaves while it waits executes nothing': async (stage) => {
    const reached = new Gate();
    const gate = new Gate();
    stage.use({ wait: 30_000 }, async (call) => {
      reached.open();
      await gate.opened;
      return call.json(stage.executions === 1 ? 503 : 201, {});
    });
    const first = stage.pay();
    await reached.opened;
    const arriving = nextRequestOn(stage.server.port);
    const leaving = new AbortController();
    const second = stage.pay({ signal: leaving.signal }).catch(() => 'left');
    const { left } = await arriving;
    leaving.abort();
    expect(await second).toBe('left');
    await left;
    // The key is free now: who still waited for it would execute.
    gate.open();
    expect((await first).status).toBe(503);
    const third = await stage.pay();
    expect([third.status, isReplay(third), stage.executions]).toEqual([201, false, 2]);
    expect(stage.errors).toEqual([]);
  },
});

export const clients = group('clients that leave', {
  'the execution goes on, and is recorded': async (stage) => {
    const reached = new Gate();
    const gate = new Gate();
    stage.use({}, async (call) => {
      reached.open();
      await gate.opened;
      return call.json(201, { receipt: 'R-1' }, { 'x-receipt': 'R-1' });
    });
    await leaveWhen(stage, reached);
    gate.open();
    await recorded(stage);
    const retry = await stage.pay();
    expect([
      stage.executions,
      retry.status,
      retry.json(),
      retry.headers['x-receipt'],
      isReplay(retry),
    ]).toEqual([1, 201, { receipt: 'R-1' }, 'R-1', true]);
  },
  'a stream is read to its end, and recorded': async (stage) => {
    const { Readable } = await import('node:stream');
    const reached = new Gate();
    const gate = new Gate();
    async function* pieces() {
      yield Buffer.from('one,');
      reached.open();
      await gate.opened;
      for (let n = 0; n < 20; n += 1) yield Buffer.alloc(1_000, 'x');
      yield Buffer.from(',end');
    }
    stage.use({}, (call) =>
      call.stream(200, Readable.from(pieces()), { 'content-type': 'text/plain' }),
    );
    await leaveWhen(stage, reached);
    gate.open();
    await recorded(stage);
    const retry = await stage.pay();
    expect([stage.executions, isReplay(retry), retry.body.length]).toEqual([1, true, 20_008]);
    expect(retry.body.toString()).toMatch(/^one,x+,end$/);
  },
  'a file is read to its end, and recorded': async (stage) => {
    const { mkdtempSync, writeFileSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const { join } = await import('node:path');
    const path = join(mkdtempSync(join(tmpdir(), 'idem-http-')), 'file.txt');
    writeFileSync(path, 'f'.repeat(500_000));
    const reached = new Gate();
    const gate = new Gate();
    stage.use({}, async (call) => {
      reached.open();
      await gate.opened;
      return call.file(path);
    });
    await leaveWhen(stage, reached);
    gate.open();
    await recorded(stage);
    const retry = await stage.pay();
    expect([stage.executions, isReplay(retry), retry.status, retry.body.length]).toEqual([
      1,
      true,
      200,
      500_000,
    ]);
  },
  'what is written by hand is recorded, and the handler hears of it afterwards': [
    onNode,
    async (stage) => {
      const reached = new Gate();
      const gate = new Gate();
      const heard: string[] = [];
      stage.use({}, (call) =>
        call.raw(async (res) => {
          res.on('close', () => heard.push('close'));
          res.writeHead(200, { 'content-type': 'text/plain' });
          res.write('a');
          reached.open();
          await gate.opened;
          heard.push(`destroyed ${res.destroyed}, writable ${res.socket?.writable}`);
          res.write('b');
          res.end('c');
        }),
      );
      await leaveWhen(stage, reached);
      gate.open();
      await recorded(stage);
      const retry = await stage.pay();
      expect([retry.body.toString(), isReplay(retry), stage.executions]).toEqual(['abc', true, 1]);
      await until(() => heard.length === 2);
      expect(heard).toEqual(['destroyed false, writable true', 'close']);
    },
  ],
});

/** The client sends a payment, and has left, as the server knows, when this resolves. */
async function leaveWhen(stage: Stage, reached: Gate): Promise<void> {
  const leaving = new AbortController();
  const arriving = nextRequestOn(stage.server.port);
  const first = stage.pay({ signal: leaving.signal }).catch(() => 'left');
  await reached.opened;
  leaving.abort();
  expect(await first).toBe('left');
  await (await arriving).left;
}

async function recorded(stage: Stage): Promise<void> {
  const scope = stage.calls[0]?.context?.scope ?? [];
  const key = KEY.replaceAll('"', '');
  await until(async () => (await stage.idempotency.status(key, { scope })).state !== 'claimed');
}
