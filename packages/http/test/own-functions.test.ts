import { once } from 'node:events';
import { connect } from 'node:http2';
import { Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { idempotent as fastifyHook } from '../src/fastify.ts';
import { express5Binding } from './bindings/express.ts';
import { fastify } from './bindings/fastify.ts';
import { fetchBinding } from './bindings/fetch.ts';
import { koa3Binding } from './bindings/koa.ts';
import { portOf } from './bindings/listen.ts';
import { nestExpress } from './bindings/nest.ts';
import { expectProblem, Stage } from './suite/stage.ts';

const raise: () => never = () => {
  throw new Error('a mistake of the application');
};

/** What the application gives as options may throw: the request is answered all the same. */
describe.each([express5Binding, fastify, koa3Binding, nestExpress, fetchBinding])(
  '$name',
  (binding) => {
    test.each([
      ['skip', { skip: raise }],
      ['key', { key: raise }],
      ['required', { required: raise, key: (): undefined => undefined }],
      ['principal', { principal: raise }],
      ['route', { route: raise }],
      ['fingerprint', { fingerprint: raise }],
      ['problem', { key: (): string => '', problem: raise }],
    ])('%s that throws is a 500, and executes nothing', async (_, options) => {
      const server = await binding.start();
      const stage = new Stage(binding, server, new MemoryStore());
      stage.use(options);
      expect((await stage.pay()).status).toBe(500);
      expect(stage.executions).toBe(0);
      stage.client.close();
      await server.close();
    });

    test('an onError that throws changes no answer', async () => {
      const server = await binding.start();
      const stage = new Stage(binding, server, new MemoryStore());
      stage.use({ onError: raise });
      stage.faults.break('claim', 'unavailable');
      expectProblem(await stage.pay(), 503, 'store-unavailable');
      stage.client.close();
      await server.close();
    });
  },
);

test('HTTP/2 is refused, with a reason, and executes nothing', async () => {
  let executions = 0;
  const app = Fastify({ http2: true, forceCloseConnections: true });
  const idempotency = new Idempotency({ store: new MemoryStore(), ttl: 60_000 });
  const preHandler = fastifyHook({ idempotency, principal: 'anonymous' }) as never;
  app.post('/', { preHandler }, async () => {
    executions += 1;
    return {};
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const session = connect(`http://127.0.0.1:${portOf(app.server)}`);
  const stream = session.request({ ':method': 'POST', ':path': '/', 'idempotency-key': 'a' });
  stream.end();
  const [headers] = await once(stream, 'response');
  let body = '';
  for await (const chunk of stream) body += chunk;
  session.destroy();
  await app.close();
  expect(headers[':status']).toBe(500);
  expect(body).toContain('HTTP/2');
  expect(executions).toBe(0);
});
