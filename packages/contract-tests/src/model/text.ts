import { duration } from './duration.ts';
import type { Expectation } from './expectation.ts';
import type { Interval } from './interval.ts';
import type { Answer, Operation } from './operation.ts';
import type { KeyState } from './state.ts';

/** `claim(k1, t1, lease 1 h, fingerprint f1)` */
export function operationText(operation: Operation): string {
  const parts = [operation.key];
  if ('token' in operation) parts.push(operation.token);
  if ('value' in operation) parts.push(quoted(operation.value));
  if ('lease' in operation) parts.push(`lease ${duration(operation.lease)}`);
  if ('ttl' in operation) parts.push(`ttl ${duration(operation.ttl)}`);
  if (operation.name === 'claim' && operation.fingerprint !== null)
    parts.push(operation.fingerprint);
  return `${operation.name}(${parts.join(', ')})`;
}

export function answerText(answer: Answer): string {
  switch (answer.kind) {
    case 'done':
      return 'done';
    case 'boolean':
      return String(answer.value);
    case 'value':
      return answer.value === null ? 'null' : quoted(answer.value);
    case 'acquired':
      return `acquired, fence ${answer.fence}${answer.takeover ? ', takeover' : ''}`;
    case 'in-progress':
      return `in-progress, ${answer.fingerprint ?? 'no fingerprint'}, ${duration(answer.leaseRemaining)} left`;
    case 'completed':
      return `completed, ${quoted(answer.value)}, ${answer.fingerprint ?? 'no fingerprint'}`;
    case 'rejected':
      return `rejected: ${answer.reason}`;
  }
}

export function expectationText(expected: Expectation): string {
  switch (expected.kind) {
    case 'acquired': {
      const fence =
        'exactly' in expected.fence
          ? `fence ${expected.fence.exactly}`
          : `a fence of at least ${expected.fence.atLeast}`;
      const takeover =
        expected.takeover === null ? '' : expected.takeover ? ', takeover' : ', no takeover';
      return `acquired, ${fence}${takeover}`;
    }
    case 'in-progress':
      return `in-progress, ${expected.fingerprint ?? 'no fingerprint'}, ${remaining(expected.leaseRemaining)} left`;
    default:
      return answerText(expected);
  }
}

export function stateText({ record, highestFence }: KeyState): string {
  const fence = highestFence < 0 ? '' : `, highest fence ${highestFence}`;
  switch (record.state) {
    case 'vacant':
      return record.lapsed === null ? `vacant${fence}` : `vacant after a claim that lapsed${fence}`;
    case 'claimed':
      return `claimed by ${record.token}${fence}`;
    case 'completed':
      return `completed with ${quoted(record.value)}${record.token === null ? '' : ` by ${record.token}`}${fence}`;
  }
}

function remaining({ from, to }: Interval): string {
  if (from === to) return duration(from);
  return Number.isFinite(to) ? `${duration(from)} to ${duration(to)}` : `${duration(from)} or more`;
}

function quoted(text: string): string {
  return `'${text.length > 24 ? `${text.slice(0, 24)}…` : text}'`;
}
