import { createHash } from 'node:crypto';
import express from 'express';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/express.ts';
import { Scopes } from '../../src/request/scope.ts';
import { executor, serving } from './support/serve.ts';

test('callers, routes and keys that are asked for at once are each executed once, and answered their own', async () => {
  const executions = new Map<string, number>();
  const app = express();
  app.use(express.json());
  app.use(
    idempotent({ idempotency: executor(), principal: (req) => String(req.headers['x-caller']) }),
  );
  app.post('/:route', (req, res) => {
    const id = `${req.headers['x-caller']} ${req.params.route} ${req.headers['idempotency-key']}`;
    executions.set(id, (executions.get(id) ?? 0) + 1);
    const answer = () =>
      res.setHeader('x-id', createHash('sha1').update(id).digest('hex')).send(id);
    // Some at once, some later, so that they pass each other.
    if (executions.size % 3 === 0) answer();
    else setImmediate(answer);
  });
  const names = ['a', 'b', '*', '=a', 'a:b', '__proto__', 'constructor', 'x'.repeat(65)];
  const ids = names.flatMap((caller) =>
    names.flatMap((route) => ['1', '2'].map((key) => ({ caller, route, key }))),
  );
  await serving(app, async ({ client }) => {
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(
        ids.map(async ({ caller, route, key }) => {
          const headers = { 'x-caller': caller, 'idempotency-key': key };
          const { body, headers: got } = await client.send({ path: `/${route}`, headers });
          const id = `${caller} ${route} ${key}`;
          const sum = createHash('sha1').update(id).digest('hex');
          expect([body.toString(), got['x-id']]).toEqual([id, sum]);
          expect(got['idempotency-replayed']).toBe(round === 0 ? undefined : 'true');
        }),
      );
    }
  });
  expect([...executions.values()]).toEqual(ids.map(() => 1));
});

test('a scope is the same whether it was kept ready or is made anew, for more of them than are kept', () => {
  const scopes = new Scopes();
  const parts = ['a', 'b', 'a/b', '', '*', 'ü', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(300)];
  const all: [string | undefined, string, string][] = [];
  for (const whose of [undefined, ...parts]) {
    for (const route of parts) all.push([whose, 'POST', route], [whose, 'PATCH', route]);
  }
  for (let n = 0; n < 1_200; n += 1) all.push([`caller ${n}`, 'POST', `/${n % 7}`]);
  const made = all.map(([whose, method, route]) => new Scopes().of(whose, method, route));
  expect(new Set(made.map((scope) => scope.join('\n'))).size).toBe(all.length);
  for (let round = 0; round < 2; round += 1) {
    expect(all.map((parts) => scopes.of(...parts))).toEqual(made);
  }
});

test('scopes are kept ready for a thousand at most, and none that is long', () => {
  const scopes = new Scopes();
  const first = scopes.of('a', 'POST', '/');
  const long = scopes.of('a', 'POST', `/${'x'.repeat(300)}`);
  expect(scopes.of('a', 'POST', '/')).toBe(first);
  expect(scopes.of('a', 'POST', `/${'x'.repeat(300)}`)).not.toBe(long);
  for (let n = 0; n < 1_000; n += 1) scopes.of('a', 'POST', `/${n}`);
  // Its place was needed.
  expect(scopes.of('a', 'POST', '/')).not.toBe(first);
});
