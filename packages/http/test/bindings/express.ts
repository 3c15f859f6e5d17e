import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import express5 from 'express';
import express4 from 'express-4';
import { idempotent } from '../../src/express.ts';
import { idempotencyOf } from '../../src/index.ts';
import { type Binding, type HandlerCall, optionsFor } from '../suite/app.ts';
import { closeServer, listen } from './listen.ts';
import { neutralNode, set } from './node-calls.ts';

type Express = typeof express5;
type Middleware = ReturnType<typeof idempotent>;

function call(
  req: express5.Request,
  res: express5.Response,
  next: express5.NextFunction,
): HandlerCall {
  return {
    request: { ...neutralNode(req, req.body), url: req.originalUrl },
    context: idempotencyOf(req),
    json: (status, value, headers) => {
      set(res, status, headers);
      res.json(value);
    },
    bytes: (status, body, headers) => {
      set(res, status, headers);
      res.send(Buffer.from(body));
    },
    empty: (status, headers) => {
      set(res, status, headers);
      res.end();
    },
    redirect: (status, location) => res.redirect(status, location),
    stream: (status, body, headers) => {
      set(res, status, headers);
      pipeline(body, res, () => {});
    },
    file: (path) => res.sendFile(path),
    raw: (use) => use(res),
    fail: next,
  };
}

function binding(name: string, express: Express): Binding {
  return {
    name,
    isNode: true,
    hasParsers: true,
    async start({ withoutParsers = false } = {}) {
      let middleware: Middleware = (_req, _res, next) => next();
      let handle = (
        _req: express5.Request,
        _res: express5.Response,
        _next: express5.NextFunction,
      ): void => {};
      const app = express();
      app.set('env', 'test');
      if (!withoutParsers) {
        app.use(
          express.json({ strict: false, limit: '2mb' }),
          express.urlencoded({ extended: false }),
        );
        app.use(express.text(), express.raw());
      }
      app.use((req, res, next) => middleware(req, res, next));
      app.use((req, res, next) => handle(req, res, next));
      const server = createServer(app as (req: IncomingMessage, res: ServerResponse) => void);
      const port = await listen(server);
      return {
        port,
        use(options, handler) {
          const own = optionsFor(options, (req: express5.Request) => ({
            ...neutralNode(req, req.body),
            url: req.originalUrl,
          }));
          middleware = idempotent(own);
          handle = (req, res, next) => {
            Promise.resolve()
              .then(() => handler(call(req, res, next)))
              .catch(next);
          };
        },
        close: () => closeServer(server),
      };
    },
  };
}

export const express5Binding: Binding = binding('Express 5', express5);
export const express4Binding: Binding = binding('Express 4', express4);
