import type { Inspection } from '@idem/core';
import { duration } from './duration.ts';
import type { Expectation } from './expectation.ts';
import type { InspectionExpected } from './inspection.ts';
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
    case 'inspected':
      return inspectionText(answer.inspection);
    case 'rejected':
      return `rejected: ${answer.reason}`;
  }
}

export function expectationText(expected: Expectation): string {
  switch (expected.kind) {
    case 'acquired':
      return `acquired, ${fenceText(expected.fence)}${takeoverText(expected.takeover)}`;
    case 'in-progress':
      return `in-progress, ${expected.fingerprint ?? 'no fingerprint'}, ${remaining(expected.leaseRemaining)} left`;
    case 'inspected':
      return inspectionExpectedText(expected.inspection);
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

function inspectionText(inspection: Inspection): string {
  switch (inspection.state) {
    case 'vacant':
      return `vacant${inspection.takeover ? ', takeover' : ''}`;
    case 'claimed': {
      const { fence, takeover, fingerprint, heldFor, leaseRemaining } = inspection;
      const told = `claimed, fence ${fence}${takeover ? ', takeover' : ''}, ${fingerprint ?? 'no fingerprint'}`;
      return `${told}, held for ${duration(heldFor)}, ${duration(leaseRemaining)} left`;
    }
    case 'completed':
      return `completed, ${inspection.fingerprint ?? 'no fingerprint'}, ${duration(inspection.ttlRemaining)} left`;
    default: // What a store written in JavaScript may answer all the same.
      return 'what is no state';
  }
}

function inspectionExpectedText(expected: InspectionExpected): string {
  switch (expected.state) {
    case 'vacant':
      return `vacant${takeoverText(expected.takeover)}`;
    case 'claimed': {
      const told = `claimed, ${fenceText(expected.fence)}${takeoverText(expected.takeover)}`;
      const times = `held for ${remaining(expected.heldFor)}, ${remaining(expected.leaseRemaining)} left`;
      return `${told}, ${expected.fingerprint ?? 'no fingerprint'}, ${times}`;
    }
    case 'completed':
      return `completed, ${expected.fingerprint ?? 'no fingerprint'}, ${remaining(expected.ttlRemaining)} left`;
  }
}

function fenceText(fence: { readonly exactly: number } | { readonly atLeast: number }): string {
  return 'exactly' in fence ? `fence ${fence.exactly}` : `a fence of at least ${fence.atLeast}`;
}

function takeoverText(takeover: boolean | null): string {
  return takeover === null ? '' : takeover ? ', takeover' : ', no takeover';
}

function remaining({ from, to }: Interval): string {
  if (from === to) return duration(from);
  return Number.isFinite(to) ? `${duration(from)} to ${duration(to)}` : `${duration(from)} or more`;
}

function quoted(text: string): string {
  return `'${text.length > 24 ? `${text.slice(0, 24)}…` : text}'`;
}
