import 'reflect-metadata';
import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  All,
  type CallHandler,
  Controller,
  type ExecutionContext,
  HttpException,
  type INestApplication,
  Module,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Request, Response } from 'express';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { idempotencyOf } from '../../src/index.ts';
import { IdempotencyInterceptor, Idempotent } from '../../src/nest.ts';
import {
  type Binding,
  type HandlerCall,
  type Headers,
  type NeutralRequest,
  optionsFor,
  type Setup,
} from '../suite/app.ts';
import { portOf } from './listen.ts';
import { neutralNode } from './node-calls.ts';

type NestRequest = Request | FastifyRequest;
type NestResponse = Response | FastifyReply;

function rawRequest(request: NestRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

function rawResponse(response: NestResponse): ServerResponse {
  return 'raw' in response ? response.raw : response;
}

function neutral(request: NestRequest): NeutralRequest {
  return { ...neutralNode(rawRequest(request), request.body), url: request.originalUrl };
}

function set(response: NestResponse, status: number, headers: Headers = {}): void {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) {
    const own = typeof value === 'string' ? value : [...value];
    if ('raw' in response) response.header(name, own);
    else response.setHeader(name, own);
  }
}

/** Nest does not answer what its handler has answered already. */
const ANSWERED = new Promise<never>(() => {});

function typeOf(headers: Headers = {}): { readonly type?: string } {
  const type = headers['content-type'];
  return typeof type === 'string' ? { type } : {};
}

function call(request: NestRequest, response: NestResponse): HandlerCall {
  return {
    request: neutral(request),
    context: idempotencyOf(rawRequest(request)),
    json: (status, value, headers) => {
      set(response, status, headers);
      return value;
    },
    bytes: (status, body, headers) => {
      set(response, status, headers);
      return new StreamableFile(Buffer.from(body), typeOf(headers));
    },
    empty: (status, headers) => {
      set(response, status, headers);
      return undefined;
    },
    redirect: (status, location) => {
      if ('raw' in response) response.redirect(location, status);
      else response.redirect(status, location);
      return ANSWERED;
    },
    stream: (status, body, headers) => {
      set(response, status, headers);
      return new StreamableFile(body, typeOf(headers));
    },
    file: (path) => {
      set(response, 200);
      return new StreamableFile(createReadStream(path));
    },
    raw: async (use) => {
      if ('raw' in response) response.hijack();
      await use(rawResponse(response));
      return ANSWERED;
    },
    fail: (error) => {
      const status = 'status' in error ? Number(error.status) : undefined;
      throw status === undefined ? error : new HttpException(error.message, status);
    },
  };
}

/** What the routes do, and under which options: exchanged by each test. */
class Current {
  handle: (given: HandlerCall) => unknown = () => undefined;
  interceptor: IdempotencyInterceptor<NestRequest> | undefined;
}

function appModule(current: Current, path: string): new () => object {
  class Everything {
    handle(request: NestRequest, response: NestResponse): unknown {
      return current.handle(call(request, response));
    }
  }
  const { prototype } = Everything;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'handle');
  if (descriptor === undefined) throw new Error('The handler has gone.');
  // As the decorators are written, without their syntax.
  Controller()(Everything);
  All(path)(prototype, 'handle', descriptor);
  Idempotent()(prototype, 'handle', descriptor);
  Req()(prototype, 'handle', 0);
  Res({ passthrough: true })(prototype, 'handle', 1);
  class App {}
  Module({ controllers: [Everything] })(App);
  return App;
}

async function start(app: INestApplication, current: Current) {
  const reflector = app.get(Reflector);
  app.useGlobalInterceptors({
    intercept: (context: ExecutionContext, next: CallHandler) =>
      current.interceptor?.intercept(context, next) ?? next.handle(),
  });
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer();
  server.keepAliveTimeout = 60_000;
  return {
    port: portOf(server),
    use: (options: Parameters<typeof optionsFor>[0], handler: (given: HandlerCall) => unknown) => {
      current.interceptor = new IdempotencyInterceptor(optionsFor(options, neutral), reflector);
      current.handle = handler;
    },
    close: async () => {
      server.closeAllConnections();
      await app.close();
    },
  };
}

export const nestExpress: Binding = {
  name: 'Nest on Express',
  isNode: true,
  hasParsers: true,
  async start({ withoutParsers = false }: Setup = {}) {
    const current = new Current();
    const app = await NestFactory.create<NestExpressApplication>(appModule(current, '*path'), {
      logger: false,
      bodyParser: false,
    });
    if (!withoutParsers) {
      app.useBodyParser('json', { strict: false, limit: '2mb' });
      app.useBodyParser('urlencoded', { extended: false });
      app.useBodyParser('text');
      app.useBodyParser('raw');
    }
    return start(app, current);
  },
};

export const nestFastify: Binding = {
  name: 'Nest on Fastify',
  isNode: true,
  hasParsers: true,
  async start({ withoutParsers = false }: Setup = {}) {
    const current = new Current();
    const adapter = new FastifyAdapter({ routerOptions: { maxParamLength: 10_000 } });
    const app = await NestFactory.create<NestFastifyApplication>(appModule(current, '*'), adapter, {
      logger: false,
      bodyParser: !withoutParsers,
    });
    if (withoutParsers) {
      const fastify = app.getHttpAdapter().getInstance();
      fastify.removeAllContentTypeParsers();
      fastify.addContentTypeParser('*', (_r, _p, done) => done(null, undefined));
    } else {
      // Nest 11 registers its own no more once one was added.
      app.getHttpAdapter().registerParserMiddleware();
      app.useBodyParser('text/plain');
      app.useBodyParser('application/octet-stream');
    }
    return start(app, current);
  },
};
