import type { Answer, Operation, Recorded } from '@idem/contract-tests/linearizability';

/*
 * The table of docs/contract.md once more, written apart from the checker's model: whole milliseconds,
 * every operation at one instant, every instant tried. What the checker shares with this is only the
 * shape of a history.
 */

type Claimed = {
  readonly is: 'claimed';
  readonly token: string;
  readonly fingerprint: string | null;
  /** Null while nobody was told it; then it is the lowest or more. */
  readonly fence: number | null;
  readonly lowest: number;
  readonly takeover: boolean;
  readonly since: number;
  readonly end: number;
};
type Completed = {
  readonly is: 'completed';
  readonly value: string;
  readonly token: string | null;
  readonly fingerprint: string | null;
  readonly end: number;
};
type Vacant = { readonly is: 'vacant'; readonly lapsed: boolean };
/** A key: what is there, and the highest fence so far. */
export type Key = { readonly is: Claimed | Completed | Vacant; readonly highest: number };

export const fresh: Key = { is: { is: 'vacant', lapsed: false }, highest: -1 };

function at(key: Key, now: number): Key {
  if (key.is.is === 'vacant' || now < key.is.end) return key;
  return { ...key, is: { is: 'vacant', lapsed: key.is.is === 'claimed' } };
}

/** What a right store answers at that instant, and the key then. A fence that is not known is left to the caller. */
export function right(before: Key, operation: Operation, now: number): [Answer, Key] {
  const key = at(before, now);
  const { is, highest } = key;
  const holds = 'token' in operation && is.is !== 'vacant' && is.token === operation.token;
  const yes: Answer = { kind: 'boolean', value: true };
  const no: Answer = { kind: 'boolean', value: false };
  const vacant: Vacant = { is: 'vacant', lapsed: false };
  switch (operation.name) {
    case 'find':
      return [{ kind: 'value', value: is.is === 'completed' ? is.value : null }, key];
    case 'exists':
      return [is.is === 'completed' ? yes : no, key];
    case 'store': {
      const { value, ttl } = operation;
      const stored: Completed = {
        ...{ is: 'completed', value, token: null, fingerprint: null, end: now + ttl },
      };
      return [{ kind: 'done' }, { is: stored, highest }];
    }
    case 'remove':
      return [{ kind: 'done' }, is.is === 'vacant' ? key : { is: vacant, highest }];
    case 'complete': {
      if (is.is !== 'claimed' || !holds) return [holds ? yes : no, key];
      const { token, fingerprint } = is;
      const { value, ttl } = operation;
      const completed: Completed = { is: 'completed', value, token, fingerprint, end: now + ttl };
      return [yes, { is: completed, highest }];
    }
    case 'release':
      return is.is === 'claimed' && holds ? [yes, { is: vacant, highest }] : [no, key];
    case 'renew':
      if (is.is !== 'claimed' || !holds) return [no, key];
      return [yes, { is: { ...is, end: now + operation.lease }, highest }];
    case 'claim': {
      const { token, fingerprint, lease } = operation;
      const end = now + lease;
      if (is.is === 'completed') {
        return [{ kind: 'completed', value: is.value, fingerprint: is.fingerprint }, key];
      }
      if (is.is === 'claimed') {
        if (!holds) {
          const leaseRemaining = is.end - now;
          return [{ kind: 'in-progress', fingerprint: is.fingerprint, leaseRemaining }, key];
        }
        const { fence, lowest, takeover } = is;
        return [
          { kind: 'acquired', fence: fence ?? lowest, takeover },
          { is: { ...is, end }, highest },
        ];
      }
      const [lowest, takeover] = [highest + 1, is.lapsed];
      const claimed: Claimed = {
        ...{ is: 'claimed', token, fingerprint, fence: null, lowest, takeover, since: now, end },
      };
      return [
        { kind: 'acquired', fence: lowest, takeover },
        { is: claimed, highest: lowest },
      ];
    }
    case 'inspect':
      return [{ kind: 'inspected', inspection: inspection(is, now) }, key];
  }
}

function inspection(
  is: Key['is'],
  now: number,
): Extract<Answer, { kind: 'inspected' }>['inspection'] {
  switch (is.is) {
    case 'vacant':
      return { state: 'vacant', takeover: is.lapsed };
    case 'completed':
      return { state: 'completed', fingerprint: is.fingerprint, ttlRemaining: is.end - now };
    case 'claimed': {
      const { fence, lowest, takeover, fingerprint, since, end } = is;
      const [heldFor, leaseRemaining] = [now - since, end - now];
      return {
        ...{ state: 'claimed', fence: fence ?? lowest, takeover, fingerprint },
        ...{ heldFor, leaseRemaining },
      };
    }
  }
}

/** The key after an operation that was answered so; undefined where it cannot be. */
export function after(
  before: Key,
  operation: Operation,
  now: number,
  answer: Answer | null,
): Key | undefined {
  const [expected, key] = right(before, operation, now);
  if (answer === null) return key;
  const fence = fenceOf(answer);
  if (fence === undefined || key.is.is !== 'claimed') {
    return same(expected, answer) ? key : undefined;
  }
  const { lowest } = key.is;
  const isRight = key.is.fence === null ? fence >= lowest : fence === key.is.fence;
  if (!isRight || !same(withFence(expected, fence), answer)) return undefined;
  return { is: { ...key.is, fence }, highest: Math.max(key.highest, fence) };
}

function fenceOf(answer: Answer): number | undefined {
  if (answer.kind === 'acquired') return answer.fence;
  if (answer.kind !== 'inspected' || answer.inspection.state !== 'claimed') return undefined;
  return answer.inspection.fence;
}

function withFence(answer: Answer, fence: number): Answer {
  if (answer.kind === 'acquired') return { ...answer, fence };
  if (answer.kind !== 'inspected' || answer.inspection.state !== 'claimed') return answer;
  return { kind: 'inspected', inspection: { ...answer.inspection, fence } };
}

function same(one: Answer, other: Answer): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether there are instants at which the operations of a short history may have taken effect. */
export function someInstantsExplain(history: readonly Recorded[], horizon: number): boolean {
  const seen = new Set<string>();
  const goes = (key: Key, now: number, left: readonly Recorded[]): boolean => {
    const required = left.filter(({ answer }) => answer !== null);
    if (required.length === 0) return true;
    if (required.some(({ returned }) => returned < now)) return false;
    const name = JSON.stringify([key, now, left.map((one) => history.indexOf(one))]);
    if (seen.has(name)) return false;
    seen.add(name);
    return left.some((one) => {
      const others = left.filter((other) => other !== one);
      const last = Math.min(one.returned, horizon);
      for (let instant = Math.max(now, one.invoked); instant <= last; instant += 1) {
        const next = after(key, one.operation, instant, one.answer);
        if (next !== undefined && goes(next, instant, others)) return true;
      }
      return false;
    });
  };
  return goes(fresh, 0, history);
}
