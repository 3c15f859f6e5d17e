import { mediaTypeOf } from '../request/exchange.ts';
import { type AnswerHead, valuesOf } from './answer.ts';

const OPEN_ENDED: ReadonlySet<string> = new Set(['text/event-stream', 'multipart/x-mixed-replace']);

/** The answer's type says that it has no end: nobody would see its parts in time if it were held back. */
export function isOpenEnded({ headers }: AnswerHead): boolean {
  const field = headers.find(([name]) => name === 'content-type');
  return field !== undefined && OPEN_ENDED.has(mediaTypeOf(valuesOf(field)[0]));
}
