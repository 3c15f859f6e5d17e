import type { IdempotencyStore } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/node.ts';
import { executor, serving, uncaughtDuring } from './support/serve.ts';

const raise: () => never = () => {
  throw new Error('a mistake of the application');
};

function storeThat(claim: () => Promise<never>): IdempotencyStore {
  return Object.assign(new MemoryStore(), { claim });
}

const PROBLEMS: readonly [string, () => never][] = [
  ['throws', raise],
  ['answers a status that is none', (() => ({ status: 42, headers: {}, body: '' })) as never],
  [
    'answers a header that cannot be sent',
    (() => ({ status: 400, headers: { 'x-a': 'b\r\nc: d' }, body: '' })) as never,
  ],
];
const SITUATIONS: readonly [string, IdempotencyStore][] = [
  ['the key is missing', new MemoryStore()],
  ['the store fails', storeThat(async () => raise())],
  ['the store does not answer', storeThat(() => new Promise<never>(() => {}))],
];

/** Beneath node:http there is no framework that would answer in its place. */
test.each(
  PROBLEMS.flatMap(([what, problem]) =>
    SITUATIONS.map(([when, store]) => [what, when, problem, store] as const),
  ),
)(
  'node:http: a problem that %s when %s ends no process, and leaves no client without an answer',
  async (_, when, problem, store) => {
    let executions = 0;
    const uncaught = await uncaughtDuring(async () => {
      const listener = idempotent(
        {
          ...{ idempotency: executor(store), principal: 'anonymous', problem, storeTimeout: 20 },
          ...{ required: true, onError: () => {} },
        },
        (_req, res) => void res.end(String(++executions)),
      );
      await serving(listener, async ({ pay, client }) => {
        const sent = when === 'the key is missing' ? client.send({ body: '{}' }) : pay();
        const answer = await sent;
        expect([answer.status, answer.json()]).toEqual([
          500,
          expect.objectContaining({ status: 500 }),
        ]);
      });
    });
    expect([uncaught, executions]).toEqual([[], 0]);
  },
);

test('node:http: what a listener throws is answered with 500 although problem throws too', async () => {
  const uncaught = await uncaughtDuring(async () => {
    const listener = idempotent(
      {
        ...{ idempotency: executor(), principal: 'anonymous', problem: raise },
        onError: () => {},
      },
      async () => raise(),
    );
    await serving(listener, async ({ pay }) => {
      expect((await pay()).status).toBe(500);
    });
  });
  expect(uncaught).toEqual([]);
});

test('an executor whose run throws at once is told of once, and nobody waits for its store', async () => {
  const told: string[] = [];
  const idempotency = Object.assign(executor(), { run: raise });
  const onError = (error: unknown): void => void told.push(String(error));
  const listener = idempotent(
    { idempotency, principal: 'anonymous', storeTimeout: 1, onError },
    (_req, res) => void res.end(),
  );
  await serving(listener, async ({ pay }) => {
    expect((await pay()).status).toBe(500);
    await new Promise((later) => setTimeout(later, 20));
    expect(told).toEqual(['Error: a mistake of the application']);
  });
});
