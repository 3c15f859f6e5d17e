import type { ServerResponse } from 'node:http';
import type { Reply } from '../answer/reply.ts';
import { pieceOf } from './chunks.ts';
import { headOf } from './head.ts';
import { send } from './send.ts';
import { methodsOf, restore } from './stand-ins.ts';

/** These say what the body is that follows. */
const OF_THE_BODY = ['content-length', 'transfer-encoding', 'content-encoding', 'content-type'];

/**
 * Whatever the framework sends goes out as this reply, with the header fields that others have added. It was
 * recorded as it was sent: what hooks and middlewares outside make of an answer, they had made of it, and
 * would make of it once more.
 */
export function insist(res: ServerResponse, reply: Reply): void {
  const methods = methodsOf(res);
  res.writeHead = (...args: unknown[]) => {
    for (const [name, value] of headOf(res, args).headers) res.setHeader(name, value);
    return res;
  };
  res.flushHeaders = () => {};
  res.addTrailers = () => {};
  res.write = (...args: unknown[]) => {
    const { callback } = pieceOf(args);
    if (callback !== undefined) process.nextTick(callback);
    return true;
  };
  res.end = (...args: unknown[]) => {
    restore(res, methods);
    const { callback } = pieceOf(args);
    if (callback !== undefined) res.once('finish', callback);
    for (const name of OF_THE_BODY) {
      // What is not there and is removed, Node would not add by itself either.
      if (!res.hasHeader(name)) continue;
      res.removeHeader(name);
      if (name === 'content-length' && hasLength(res, reply)) {
        res.setHeader(name, Buffer.byteLength(reply.body));
      }
    }
    res.statusMessage = '';
    send(res, reply);
    return res;
  };
}

/** Its length is that of its body, and can be said before it. */
function hasLength({ req }: ServerResponse, { status, trailers }: Reply): boolean {
  return trailers === undefined && status !== 204 && status !== 304 && req.method !== 'HEAD';
}
