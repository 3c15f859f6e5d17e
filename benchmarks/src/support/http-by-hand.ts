import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify';

interface Held {
  readonly fingerprint: string;
  /** Undefined while the handler is under way. */
  answer: Buffer | undefined;
}

/**
 * The least that does the same duties, as an application would write it for one process, and with no
 * safety at all: no lease, no deadline, no scope but one, nothing checked, no retry that hears of an
 * execution that failed, no stream, no client that leaves. What it costs is what there is to be had.
 */
export function routeByHand(app: FastifyInstance, path: string, handler: RouteHandlerMethod): void {
  const answers = new Map<string, Held>();
  const underWay = new WeakMap<FastifyRequest, Held>();
  app.register(async (scope) => {
    scope.addHook('preHandler', (request, reply, done) => {
      const header = String(request.headers['idempotency-key']);
      const key = `acme:${request.method}:${request.url}:${header.slice(1, -1)}`;
      const said = `${request.method} ${request.url}\n${JSON.stringify(request.body)}`;
      const fingerprint = hash('sha256', said, 'base64url');
      const before = answers.get(key);
      if (before === undefined) {
        const held: Held = { fingerprint, answer: undefined };
        answers.set(key, held);
        underWay.set(request, held);
        done();
        return;
      }
      if (before.fingerprint !== fingerprint) {
        reply.code(422).send();
        return;
      }
      if (before.answer === undefined) {
        reply.code(409).send();
        return;
      }
      const { status, headers, body } = JSON.parse(before.answer.toString());
      reply.code(status);
      for (const [name, value] of headers) reply.header(name, value);
      reply.header('idempotency-replayed', 'true');
      reply.send(body);
    });
    scope.addHook('onSend', (request, reply, payload, done) => {
      const held = underWay.get(request);
      if (held !== undefined) {
        const headers = Object.entries(reply.getHeaders());
        const answer = { status: reply.statusCode, headers, body: payload };
        held.answer = Buffer.from(JSON.stringify(answer));
      }
      done(null, payload);
    });
    scope.post(path, handler);
  });
}
