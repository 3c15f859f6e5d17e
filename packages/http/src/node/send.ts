import type { ServerResponse } from 'node:http';
import type { HeaderField } from '../answer/answer.ts';
import type { Reply } from '../answer/reply.ts';

/** Sends an answer of the middleware's own. What earlier middlewares have set on the response goes with it. */
export function send(res: ServerResponse, reply: Reply): void {
  const { status, statusText, headers, body, trailers } = reply;
  res.statusCode = status;
  if (statusText !== undefined) res.statusMessage = statusText;
  // HTTP/1.0 has no trailers, and who forwards a message may leave them out (RFC 9110, section 6.5.1).
  const hasTrailers = res.useChunkedEncodingByDefault;
  for (const [name, value] of headers) {
    if (hasTrailers || name !== 'trailer') res.setHeader(name, value);
  }
  if (trailers === undefined || !hasTrailers) {
    if (body.length === 0) res.end();
    else res.end(body);
    return;
  }
  // Trailers need a body in chunks.
  res.write(body);
  res.addTrailers(trailers.flatMap(linesOf));
  res.end();
}

function linesOf([name, value]: HeaderField): [string, string][] {
  return typeof value === 'string' ? [[name, value]] : value.map((one) => [name, one]);
}
