import type { Answer } from '../answer/answer.ts';
import { type AnswerRecord, fromRecord, toRecord } from '../answer/record.ts';

/** What is left to store: nothing else than what can be sent. */
export function redacted(answer: Answer): AnswerRecord {
  if (answer instanceof Promise) answer.catch(() => {});
  const { headers, body, trailers } = answer;
  const record = toRecord(answer, headers, body, trailers);
  if (fromRecord(record).kind === 'answer') return record;
  throw new TypeError('redact must answer, at once, an Answer that can be sent.');
}
