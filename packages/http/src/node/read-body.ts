import type { IncomingMessage } from 'node:http';
import type { Body } from '../request/exchange.ts';
import { hasBody } from './exchange.ts';

const NOT_READ: Body = {
  kind: 'not-read',
  remedy:
    'The body was read before the idempotency middleware, and is gone. Let it be the first to read, or ' +
    'leave the bytes on the request as `rawBody`.',
};

/**
 * Reads the body of a request that nobody has read, and hands it back: whoever reads the request
 * afterwards finds it as it came.
 */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Body> {
  const rawBody: unknown = Reflect.get(req, 'rawBody');
  if (rawBody instanceof Uint8Array) return { kind: 'bytes', bytes: rawBody };
  if (!hasBody(req)) return { kind: 'none' };
  if (req.readableDidRead || req.readableEnded) return NOT_READ;
  const chunks = await chunksOf(req, maxBytes);
  if (chunks === undefined) return { kind: 'gone' };
  const bytes = Buffer.concat(chunks);
  if (bytes.byteLength > 0) req.unshift(bytes);
  return bytes.byteLength > maxBytes ? { kind: 'too-large' } : { kind: 'bytes', bytes };
}

/**
 * All of the body, or the first part that is too much; undefined when the client breaks off. What was read
 * can still be put back: the end is not announced yet.
 */
function chunksOf(req: IncomingMessage, maxBytes: number): Promise<Buffer[] | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const stop = (): void => {
      req.off('readable', read);
      req.off('error', left);
      req.off('close', left);
    };
    const left = (): void => {
      stop();
      resolve(undefined);
    };
    const read = (): void => {
      // Not beyond what is there: reading once more would announce the end.
      while (req.readableLength > 0) {
        const chunk: Buffer | null = req.read(req.readableLength);
        if (chunk === null) break;
        chunks.push(chunk);
        size += chunk.byteLength;
      }
      if (size <= maxBytes && !req.complete) return;
      stop();
      resolve(chunks);
    };
    req.on('readable', read);
    req.on('error', left);
    req.on('close', left);
    read();
  });
}
