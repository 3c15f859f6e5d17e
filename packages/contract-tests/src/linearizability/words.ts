import { duration } from '../model/duration.ts';
import type { Expectation } from '../model/expectation.ts';
import type { Answer, Operation } from '../model/operation.ts';
import { answerText, expectationText } from '../model/text.ts';
import type { Recorded } from './history.ts';

const MINUTE = 60_000;

/** `claim t1`: of one key's history, without what is the same everywhere. */
export function call(operation: Operation): string {
  const words: string[] = [operation.name];
  if ('token' in operation) words.push(operation.token);
  if ('value' in operation) words.push(`'${operation.value}'`);
  if ('lease' in operation && operation.lease < MINUTE) words.push(duration(operation.lease));
  if ('ttl' in operation && operation.ttl < MINUTE) words.push(duration(operation.ttl));
  return words.join(' ');
}

export function outcome({ answer }: Recorded): string {
  return answer === null ? 'nobody knows' : answerText(answer);
}

/** What would have been right, each way once; how long a lease has left only where that was answered. */
export function allowed(expectations: readonly Expectation[], answer: Answer | null): string {
  const texts = expectations.map((expected) =>
    expected.kind === 'in-progress' && answer?.kind !== 'in-progress'
      ? `in-progress, ${expected.fingerprint ?? 'no fingerprint'}`
      : expectationText(expected),
  );
  return several(texts, ', or ');
}

const MOST = 4;

/** Joins what differs; what comes after the first few is only counted. */
export function several(texts: readonly string[], between: string): string {
  const distinct = [...new Set(texts)];
  const more = distinct.length - MOST;
  if (more <= 0) return distinct.join(between);
  return `${distinct.slice(0, MOST).join(between)} and ${more} more`;
}
