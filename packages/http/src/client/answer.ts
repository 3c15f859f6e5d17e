import type { Config } from './config.ts';

/** 409 while the first is in progress, 429 and 5xx; 408 and 425 say of themselves that they may be repeated. */
const REPEATED: ReadonlySet<number> = new Set([408, 409, 425, 429]);
/** How much of an answer is waited for. */
const WHOLE = 1024 * 1024;
const PROBLEM = 64 * 1024;

/** What an attempt got, as far as it says whether to try again. */
export interface Answer {
  readonly response: Response;
  readonly replayed: boolean;
  /** Nothing would be gained by sending it again. */
  readonly final: boolean;
}

/**
 * Reads as much of the answer as is needed, and judges it; the response's own body stays unread. Rejects
 * when the body breaks off.
 */
export async function readAnswer(response: Response, config: Config): Promise<Answer> {
  const replayed = isReplay(response.headers.get(config.replayedHeader));
  const again = !replayed && (REPEATED.has(response.status) || response.status >= 500);
  const problem = again && mediaType(response) === 'application/problem+json';
  const whole = config.answer === 'whole' && mediaType(response) !== 'text/event-stream';
  const limit = whole ? WHOLE : problem ? PROBLEM : 0;
  const bytes = await readCopy(response, limit);
  return { response, replayed, final: !again || (problem && saysFinal(bytes)) };
}

/** Lets go of an answer that is not wanted, so that its connection is free. */
export function discard({ body }: Response): void {
  if (body?.locked === false) body.cancel().catch(() => {});
}

function isReplay(header: string | null): boolean {
  const value = header?.trim().toLowerCase();
  // The second is a Boolean of RFC 9651.
  return value === 'true' || value === '?1';
}

function mediaType({ headers }: Response): string {
  return (headers.get('content-type') ?? '').replace(/;.*$/s, '').trim().toLowerCase();
}

/** RFC 9457, with the member by which a server says whether the same request can succeed later. */
function saysFinal(bytes: Uint8Array): boolean {
  try {
    const problem: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return (
      typeof problem === 'object' && problem !== null && Reflect.get(problem, 'retryable') === false
    );
  } catch {
    return false;
  }
}

/** Up to `limit` bytes of a copy. What the copy has read, the response's own body has in memory. */
async function readCopy(response: Response, limit: number): Promise<Uint8Array> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  const unread = response.body !== null && !response.bodyUsed;
  if (limit === 0 || !unread || announced > limit) return new Uint8Array();
  const reader = response.clone().body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.byteLength;
    if (length > limit) {
      reader.cancel().catch(() => {});
      break;
    }
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
