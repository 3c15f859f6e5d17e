import type { AnswerHead, Captured, HeaderField } from '../answer/answer.ts';
import { isOpenEnded } from '../answer/open-ended.ts';

export interface CaptureLimits {
  readonly maxBytes: number;
  /** Milliseconds after the head. */
  readonly streamAfter: number;
}

/** A handler's Response, read as far as it is kept. */
export interface Capture {
  readonly captured: Captured;
  /** The Response again, unread, with these header fields beside. */
  respond(extra?: readonly [name: string, value: string]): Response;
}

/** Reads the body until it is whole, too long to keep, or found to be open-ended. Rejects when it breaks. */
export async function capture(
  response: Response,
  { maxBytes, streamAfter }: CaptureLimits,
): Promise<Capture> {
  const head = headOf(response);
  if (head.status < FIRST_FINAL) throw noAnswer(head.status);
  const chunks: Uint8Array[] = [];
  const { body } = response;
  if (body === null) return whole(response, head, chunks, true);
  const reader = body.getReader();
  if (isOpenEnded(head)) return open(response, head, 'open-ended', chunks, reader);
  let size = 0;
  const late = lateness(streamAfter);
  try {
    for (;;) {
      const reading = reader.read();
      const read = await Promise.race([reading, late.promise]);
      if (read === 'late') return open(response, head, 'open-ended', chunks, reader, reading);
      if (read.done) return whole(response, head, chunks, false);
      chunks.push(read.value);
      size += read.value.byteLength;
      if (size > maxBytes) return open(response, head, 'too-large', chunks, reader);
    }
  } finally {
    late.cancel();
  }
}

/** What is less is on the way to an answer (RFC 9110, section 15.2), or `Response.error()`: no client can be sent it again. */
const FIRST_FINAL = 200;

function noAnswer(status: number): TypeError {
  return new TypeError(
    `A handler under an idempotency key must answer with a status of 200 or more; it answered with ${status}. ` +
      'Throw where there is no answer, and `skip` what is upgraded.',
  );
}

type Reading = ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>;

function whole(
  response: Response,
  head: AnswerHead,
  chunks: readonly Uint8Array[],
  isBodiless: boolean,
): Capture {
  const body = Buffer.concat(chunks);
  return {
    captured: { kind: 'whole', head, body },
    respond: (extra) => again(response, isBodiless ? null : body, extra),
  };
}

function open(
  response: Response,
  head: AnswerHead,
  reason: 'too-large' | 'open-ended',
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
  pending?: Reading,
): Capture {
  let next = pending;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
    async pull(controller) {
      const { done, value } = await (next ?? reader.read());
      next = undefined;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return {
    captured: { kind: 'open', head, reason },
    respond: (extra) => again(response, body, extra),
  };
}

function again(
  { status, statusText, headers: given }: Response,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null,
  extra: readonly [string, string] | undefined,
): Response {
  const headers = new Headers(given);
  if (extra !== undefined) headers.set(...extra);
  return new Response(body, { status, statusText, headers });
}

function headOf({ status, statusText, headers: given }: Response): AnswerHead {
  const headers: HeaderField[] = [];
  for (const [name, value] of given) if (name !== 'set-cookie') headers.push([name, value]);
  const cookies = given.getSetCookie();
  if (cookies.length > 0) headers.push(['set-cookie', cookies]);
  return statusText === '' ? { status, headers } : { status, statusText, headers };
}

function lateness(after: number): {
  readonly promise: Promise<'late'>;
  readonly cancel: () => void;
} {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const promise = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), after);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
