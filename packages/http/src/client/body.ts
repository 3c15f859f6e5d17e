import { IdempotentFetchError, show, tagOf } from './errors.ts';

type FetchBody = NonNullable<Parameters<typeof fetch>[1]>['body'];

/** A body that says the same each time it is sent, and the media type that goes with it, if it has one. */
export interface RepeatableBody {
  readonly body: FetchBody;
  readonly type: string | null;
}

/**
 * The body in a form that can be sent again, byte for byte, whatever becomes of what the caller holds.
 * Refuses a stream, with `IDEM_BODY_NOT_REPEATABLE`, and what `fetch` would turn into `[object Object]`.
 */
export async function repeatable(body: unknown): Promise<RepeatableBody> {
  if (body === undefined || body === null) return { body: null, type: null };
  if (typeof body === 'string') return { body, type: null };
  if (ArrayBuffer.isView(body)) {
    return bytes(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  }
  if (typeof body !== 'object') return refuseBody(body);
  switch (tagOf(body)) {
    case 'URLSearchParams':
      return { body: String(body), type: 'application/x-www-form-urlencoded;charset=UTF-8' };
    case 'ArrayBuffer':
    case 'SharedArrayBuffer':
      return bytes(new Uint8Array(body as ArrayBuffer));
    case 'Blob':
    case 'File':
      return { body: body as Blob, type: null };
    case 'FormData': {
      // Written once: each writing draws a new boundary, and would be another payload to the server.
      const written = new Response(body as FormData);
      const type = written.headers.get('content-type');
      return { body: await written.arrayBuffer(), type };
    }
    default:
      return refuseBody(body);
  }
}

/** The body of a Request, which is a stream whatever it was made of: read once. */
export async function bodyOf(request: Request): Promise<RepeatableBody> {
  if (request.bodyUsed) {
    const message =
      'The body of the Request has been read before, so there is nothing left to send. Make a new one.';
    throw new IdempotentFetchError('IDEM_BODY_NOT_REPEATABLE', message);
  }
  return { body: request.body === null ? null : await request.arrayBuffer(), type: null };
}

function bytes(body: Uint8Array<ArrayBufferLike>): RepeatableBody {
  return { body: new Uint8Array(body), type: null };
}

function refuseBody(body: unknown): never {
  const message =
    `The body must be one that can be sent again: a string, bytes, a Blob, FormData or URLSearchParams; ` +
    `it was ${show(body)}. Read a stream first (\`await new Response(stream).arrayBuffer()\`), and write ` +
    'an object as text (`JSON.stringify(object)`).';
  throw new IdempotentFetchError('IDEM_BODY_NOT_REPEATABLE', message);
}
