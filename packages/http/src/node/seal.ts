import type { ServerResponse } from 'node:http';
import { type Piece, pieceOf } from './chunks.ts';

/** The request has been answered: whatever somebody still does to the response is dropped, without an error. */
export function seal(res: ServerResponse): void {
  const { statusCode } = res;
  // What logs the answer reads it there, when it is out.
  Object.defineProperty(res, 'statusCode', {
    configurable: true,
    get: () => statusCode,
    set: nothing,
  });
  res.writeHead = () => res;
  res.setHeader = () => res;
  res.setHeaders = () => res;
  res.appendHeader = () => res;
  res.removeHeader = nothing;
  res.addTrailers = nothing;
  res.flushHeaders = nothing;
  res.write = (...args: unknown[]) => drop(pieceOf(args));
  res.end = (...args: unknown[]) => {
    drop(pieceOf(args));
    return res;
  };
}

function drop({ callback }: Piece): boolean {
  if (callback !== undefined) process.nextTick(callback);
  return true;
}

function nothing(): void {}
