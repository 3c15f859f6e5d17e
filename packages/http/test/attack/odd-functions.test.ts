import { MemoryStore } from '@idem/memory';
import express from 'express';
import { expect, test } from 'vitest';
import type { Answer } from '../../src/answer/answer.ts';
import { idempotent as middleware } from '../../src/express.ts';
import { idempotent as fetchHandler } from '../../src/index.ts';
import { idempotent } from '../../src/node.ts';
import { executor, serving, uncaughtDuring } from './support/serve.ts';

const raise: () => never = () => {
  throw new Error('a mistake of the application');
};

test.each<[string, () => void]>([
  ['throws', raise],
  ['rejects', async () => raise()],
])('an onError that %s ends no process, and changes no answer', async (_, onError) => {
  const listener = idempotent(
    { idempotency: executor(), principal: 'anonymous', onError },
    async () => raise(),
  );
  const uncaught = await uncaughtDuring(() =>
    serving(listener, async ({ pay }) => {
      expect((await pay()).status).toBe(500);
    }),
  );
  expect(uncaught).toEqual([]);
});

test('a fingerprint function that answers nothing is a mistake, not a request without one', async () => {
  let executions = 0;
  const app = express();
  app.use(express.json());
  app.use(
    middleware({
      ...{ idempotency: executor(), principal: 'anonymous' },
      fingerprint: (() => undefined) as never,
    }),
  );
  app.post('/payments', (_req, res) => void res.json({ receipt: ++executions }));
  await serving(app, async ({ pay }) => {
    expect((await pay({ body: '{"amount":1}' })).status).toBe(500);
    expect((await pay({ body: '{"amount":2}' })).status).toBe(500);
    expect(executions).toBe(0);
  });
});

test('a fingerprint function stands for the body: method and target with query are compared beside it', async () => {
  const app = express();
  app.use(express.json());
  app.use(
    middleware({ idempotency: executor(), principal: 'anonymous', fingerprint: () => 'same' }),
  );
  app.post('/payments', (req, res) => void res.json(req.query));
  await serving(app, async ({ pay }) => {
    expect((await pay({ path: '/payments?to=ann' })).json()).toEqual({ to: 'ann' });
    expect((await pay({ path: '/payments?to=bob' })).status).toBe(422);
  });
});

test('a problem that throws when an execution is lost leaves no client without an answer', async () => {
  // It answers that the claim is another's by now.
  const store = Object.assign(new MemoryStore(), { complete: async () => false });
  const app = express();
  app.use(express.json());
  app.use(middleware({ idempotency: executor(store), principal: 'anonymous', problem: raise }));
  app.post('/payments', (_req, res) => void res.json({}));
  await serving(app, async ({ pay }) => {
    expect((await pay()).status).toBe(503);
  });
});

function scrub(answer: Answer): Answer {
  answer.body.fill(0x2a);
  return answer;
}

test('a redactor that changes its answer in place does not change what the first client is sent', async () => {
  const options = { idempotency: executor(), principal: 'anonymous', redact: scrub } as const;
  const listener = idempotent(options, (_req, res) => void res.end(Buffer.from('card 4242')));
  await serving(listener, async ({ pay }) => {
    expect((await pay()).body.toString()).toBe('card 4242');
    expect((await pay()).body.toString()).toBe('*********');
  });
});

test('Fetch: a redactor that changes its answer in place does not change what the first client is sent', async () => {
  const options = { idempotency: executor(), principal: 'anonymous', redact: scrub } as const;
  const handle = fetchHandler(options, () => new Response('card 4242'));
  const ask = () =>
    handle(new Request('http://a/', { method: 'POST', headers: { 'idempotency-key': 'a' } }));
  expect(await (await ask()).text()).toBe('card 4242');
  expect(await (await ask()).text()).toBe('*********');
});

test.each<[string, (answer: Answer) => unknown]>([
  ['headers as an object', (answer) => ({ ...answer, headers: { 'x-a': 'b' } })],
  ['a header that cannot be sent', (answer) => ({ ...answer, headers: [['x-a', 'b\r\nc: d']] })],
  ['no status', (answer) => ({ ...answer, status: undefined })],
  ['nothing', () => undefined],
  ['a promise', async (answer) => answer],
  ['a promise that is broken', async () => raise()],
])('a redactor that answers %s keeps the outcome only, and says so', async (_, redact) => {
  const uncaught = await uncaughtDuring(async () => {
    const listener = idempotent(
      { idempotency: executor(), principal: 'anonymous', redact: redact as never },
      (_req, res) => void res.writeHead(201).end('R-1'),
    );
    await serving(listener, async ({ pay }) => {
      const first = await pay();
      expect([first.status, first.body.toString()]).toEqual([201, 'R-1']);
      expect(first.headers['idempotency-recorded']).toBe('outcome-only');
      const retry = await pay();
      expect([retry.status, retry.json()]).toEqual([
        410,
        expect.objectContaining({ outcome: { status: 201 } }),
      ]);
    });
  });
  expect(uncaught).toEqual([]);
});

test('a record policy that answers a broken promise ends no process, and the answer is recorded', async () => {
  const uncaught = await uncaughtDuring(async () => {
    const options = { idempotency: executor(), principal: 'anonymous' } as const;
    const record = (async () => raise()) as never;
    const listener = idempotent({ ...options, record }, (_req, res) => void res.end('R-1'));
    await serving(listener, async ({ pay }) => {
      expect((await pay()).status).toBe(200);
      expect((await pay()).headers['idempotency-replayed']).toBe('true');
    });
  });
  expect(uncaught).toEqual([]);
});

/** Requests that an application's own function cannot cope with: a client can send as many as it likes. */
const MISTAKES: readonly [string, object][] = [
  ['principal throws', { principal: raise }],
  ['principal rejects', { principal: async () => raise() }],
  ['key throws', { key: raise }],
  ['skip throws', { skip: raise }],
  ['fingerprint rejects', { fingerprint: async () => raise() }],
  ['problem throws', { problem: raise, strict: true }],
];

test.each(MISTAKES)(
  'node:http without onError: where %s, no request ends the process',
  async (_, mistake) => {
    const warnings: unknown[] = [];
    const note = (warning: unknown): void => void warnings.push(warning);
    process.on('warning', note);
    let executions = 0;
    const uncaught = await uncaughtDuring(async () => {
      const options = { idempotency: executor(), principal: 'anonymous', ...mistake } as const;
      const listener = idempotent(options as never, (_req, res) => void res.end(`${++executions}`));
      await serving(listener, async ({ pay }) => {
        const answer = await pay();
        expect([answer.status, answer.json()]).toEqual([
          500,
          expect.objectContaining({ title: 'The request could not be executed' }),
        ]);
        expect((await pay()).status).toBe(500);
      });
    });
    process.off('warning', note);
    expect([uncaught, executions]).toEqual([[], 0]);
    const mine = expect.objectContaining({ message: 'a mistake of the application' });
    expect(warnings).toEqual([mine, mine]);
  },
);

test.each(MISTAKES)('node:http with onError: where %s, it is told', async (_, mistake) => {
  const told: unknown[] = [];
  const onError = (error: unknown): void => void told.push(error);
  const options = { idempotency: executor(), principal: 'anonymous', onError, ...mistake } as const;
  const listener = idempotent(options as never, (_req, res) => void res.end());
  await serving(listener, async ({ pay }) => expect((await pay()).status).toBe(500));
  expect(told).toContainEqual(expect.objectContaining({ message: 'a mistake of the application' }));
});

test('node:http without onError: what the listener throws is thrown, as without the middleware', async () => {
  const uncaught = await uncaughtDuring(async () => {
    const listener = idempotent({ idempotency: executor(), principal: 'anonymous' }, raise);
    await serving(listener, async ({ pay }) => expect((await pay()).status).toBe(500));
  });
  expect(uncaught).toEqual([expect.objectContaining({ message: 'a mistake of the application' })]);
});
