import type { ServerResponse } from 'node:http';
import type { Step } from './held-answer.ts';

/** Does to the response what the handler did while it was held. False: it takes no more until it has drained. */
export function take(res: ServerResponse, step: Step): boolean {
  switch (step.kind) {
    case 'head':
      Reflect.apply(res.writeHead, res, step.args);
      return true;
    case 'flush':
      res.flushHeaders();
      return true;
    case 'trailers':
      Reflect.apply(res.addTrailers, res, step.args);
      return true;
    case 'write':
      return res.write(step.piece.chunk ?? '', step.piece.encoding);
    case 'end': {
      const { chunk, encoding, callback } = step.piece;
      if (chunk === undefined) res.end(callback);
      else res.end(chunk, encoding, callback);
      return true;
    }
  }
}
