import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { bodyParser } from '@koa/bodyparser';
import Koa3 from 'koa';
import Koa2 from 'koa-2';
import { idempotencyOf } from '../../src/index.ts';
import { idempotent } from '../../src/koa.ts';
import {
  type Binding,
  type HandlerCall,
  type Headers,
  type NeutralRequest,
  optionsFor,
} from '../suite/app.ts';
import { closeServer, listen } from './listen.ts';
import { neutralNode } from './node-calls.ts';

type Context = Koa3.Context;

function neutral(ctx: Context): NeutralRequest {
  return { ...neutralNode(ctx.req, ctx.request.body), url: ctx.originalUrl };
}

function set(ctx: Context, status: number, headers: Headers = {}): void {
  ctx.status = status;
  for (const [name, value] of Object.entries(headers)) {
    ctx.set(name, typeof value === 'string' ? value : [...value]);
  }
}

function call(ctx: Context): HandlerCall {
  return {
    request: neutral(ctx),
    context: idempotencyOf(ctx.req),
    json: (status, value, headers) => {
      ctx.body = value;
      set(ctx, status, headers);
    },
    bytes: (status, body, headers) => {
      ctx.body = Buffer.from(body);
      set(ctx, status, headers);
    },
    empty: (status, headers) => {
      ctx.body = null;
      set(ctx, status, headers);
    },
    redirect: (status, location) => {
      ctx.redirect(location);
      ctx.status = status;
    },
    stream: (status, body, headers) => {
      ctx.body = body;
      set(ctx, status, headers);
    },
    file: (path) => {
      ctx.body = createReadStream(path);
    },
    raw: (use) => {
      ctx.respond = false;
      return use(ctx.res);
    },
    fail: (error) => {
      throw error;
    },
  };
}

function binding(name: string, Koa: typeof Koa3): Binding {
  return {
    name,
    isNode: true,
    hasParsers: true,
    async start({ withoutParsers = false } = {}) {
      let middleware: Koa3.Middleware = (_ctx, next) => next();
      let handle = async (_ctx: Context): Promise<void> => {};
      const app = new Koa();
      app.silent = true;
      if (!withoutParsers)
        app.use(bodyParser({ enableTypes: ['json', 'form', 'text'], jsonStrict: false }));
      app.use(async (ctx, next) => {
        // What the parser leaves alone, as raw-body and the like read it.
        if (!withoutParsers && ctx.is('application/octet-stream')) {
          ctx.request.rawBody = (await buffer(ctx.req)) as unknown as string;
        }
        await next();
      });
      app.use((ctx, next) => middleware(ctx, next));
      app.use((ctx) => handle(ctx));
      const server = createServer(app.callback());
      const port = await listen(server);
      return {
        port,
        use(options, handler) {
          middleware = idempotent(optionsFor(options, neutral));
          handle = async (ctx) => void (await handler(call(ctx)));
        },
        close: () => closeServer(server),
      };
    },
  };
}

export const koa3Binding: Binding = binding('Koa 3', Koa3);
export const koa2Binding: Binding = binding('Koa 2', Koa2);
