import type { Recorded } from '../src/linearizability/history.ts';
import type { Answer, Operation } from '../src/model/operation.ts';

const HOUR = 3_600_000;

type Call = Operation extends infer One
  ? One extends { key: string }
    ? Omit<One, 'key'>
    : never
  : never;

/** One operation of a history that is written by hand: on `k1`, from `invoked` to `returned`. */
export function did(
  client: string,
  invoked: number,
  returned: number,
  call: Call,
  answer: Answer | null,
): Recorded {
  const operation = { ...call, key: 'k1' } as Operation;
  return { client, operation, answer, invoked, returned, at: { from: 0, to: 100 } };
}

export const never: number = Number.POSITIVE_INFINITY;

export const claim = (token: string, lease = HOUR): Call => ({
  name: 'claim',
  token,
  lease,
  fingerprint: null,
});
export const complete = (token: string, value: string): Call => ({
  name: 'complete',
  token,
  value,
  ttl: HOUR,
});
export const release = (token: string): Call => ({ name: 'release', token });
export const store = (value: string): Call => ({ name: 'store', value, ttl: HOUR });
export const find: Call = { name: 'find' };
export const remove: Call = { name: 'remove' };

export const inspect: Call = { name: 'inspect' };

export const done: Answer = { kind: 'done' };
export const yes: Answer = { kind: 'boolean', value: true };
export const no: Answer = { kind: 'boolean', value: false };
export const found = (value: string | null): Answer => ({ kind: 'value', value });
export const acquired = (fence: number, takeover = false): Answer => ({
  kind: 'acquired',
  fence,
  takeover,
});
export const seenHeld = (fence: number, takeover = false): Answer => ({
  kind: 'inspected',
  inspection: {
    ...{ state: 'claimed', fence, takeover, fingerprint: null },
    ...{ heldFor: 0, leaseRemaining: HOUR },
  },
});
export const seenVacant = (takeover = false): Answer => ({
  kind: 'inspected',
  inspection: { state: 'vacant', takeover },
});
export const held: Answer = { kind: 'in-progress', fingerprint: null, leaseRemaining: HOUR };
