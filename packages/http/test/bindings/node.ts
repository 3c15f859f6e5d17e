import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { idempotent } from '../../src/node.ts';
import { type Binding, optionsFor } from '../suite/app.ts';
import { closeServer, listen } from './listen.ts';
import { neutralNode, nodeCall } from './node-calls.ts';
import { parse } from './parse.ts';

export const node: Binding = {
  name: 'node:http',
  isNode: true,
  hasParsers: false,
  async start() {
    let listener = (_req: unknown, _res: unknown): void => {};
    const server = createServer((req, res) => listener(req, res));
    const port = await listen(server);
    return {
      port,
      use(options, handler) {
        const own = optionsFor(options, (req: import('node:http').IncomingMessage) =>
          neutralNode(req, undefined),
        );
        listener = idempotent(own, async (req, res) => {
          const body = parse(req.headers['content-type'], await buffer(req));
          await handler(nodeCall(req, res, body));
        }) as typeof listener;
      },
      close: () => closeServer(server),
    };
  },
};
