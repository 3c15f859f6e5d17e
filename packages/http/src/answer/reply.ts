import type { ProblemAnswer } from '../problems/problem.ts';
import type { HeaderField } from './answer.ts';

/** An answer of the middleware's own: a replay, or a problem. */
export interface Reply {
  readonly status: number;
  readonly statusText?: string;
  readonly headers: readonly HeaderField[];
  readonly body: string | Uint8Array;
  readonly trailers?: readonly HeaderField[];
}

export function replayOf(answer: Reply, replayedHeader: string): Reply {
  return { ...answer, headers: [...answer.headers, [replayedHeader.toLowerCase(), 'true']] };
}

/** @param replayedHeader where it stands for an answer that was given before */
export function problemReply(problem: ProblemAnswer, replayedHeader: string | undefined): Reply {
  const { status, headers, body } = problem;
  const fields: HeaderField[] = Object.entries(headers);
  if (replayedHeader !== undefined) fields.push([replayedHeader.toLowerCase(), 'true']);
  return { status, headers: fields, body };
}
