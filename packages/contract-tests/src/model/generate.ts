import fc from 'fast-check';
import type { Operation } from './operation.ts';

/** One step of a sequence. */
export type Step =
  | { readonly kind: 'operation'; readonly client: number; readonly operation: Operation }
  | Pause;

/** What is done to the backend, and not to a key: time passes there, it crashes and comes back, or a transaction begins or ends. */
export type Pause =
  | { readonly kind: 'advance'; readonly by: number }
  | { readonly kind: 'crash' | 'begin' | 'commit' };

/** The values that a sequence's durations come from, in milliseconds. */
export interface Durations {
  readonly leases: readonly number[];
  readonly ttls: readonly number[];
  /** By how much time passes between operations; empty where it is not to pass. */
  readonly advances: readonly number[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** No end is ever reached. */
export const untimed: Durations = { leases: [HOUR / 4], ttls: [HOUR / 4], advances: [] };

/** For a clock that is driven: small numbers that meet at the edges, and a day, for what must be remembered. */
export const driven: Durations = {
  leases: [1, 2, 3, HOUR],
  ttls: [1, 2, 3, HOUR],
  advances: [1, 2, 3, HOUR - 1, DAY - HOUR],
};

/** For a clock that runs: ends that are reached by waiting, and ends that never are. */
export const observed: Durations = { leases: [25, HOUR], ttls: [25, HOUR], advances: [30] };

/** How many clients take turns in a sequence. */
export const clientsOfSequence = 3;

/** The client that is bound to the transaction which is open: its place is after those of a sequence. */
export const INSIDE = 3;

const LONGEST = 24;

// A small domain, so that operations meet on the same key with the same or another's token.
const key = weighted({ k1: 3, k2: 1 });
const token = weighted({ t1: 4, t2: 2, t3: 1 });
const value = fc.constantFrom('A', 'B', 'C', '');
const client: fc.Arbitrary<number> = fc.nat({ max: clientsOfSequence - 1 });

/** Drawn apart from the token: a claim may be repeated with another one, which changes nothing. */
const fingerprint = fc.constantFrom('f1', 'f2', null);

function weighted(weights: Readonly<Record<string, number>>): fc.Arbitrary<string> {
  const choices = Object.entries(weights);
  return fc.oneof(
    { withCrossShrink: true },
    ...choices.map(([label, weight]) => ({ weight, arbitrary: fc.constant(label) })),
  );
}

/** Random sequences of all nine operations by several clients on few keys, shrunk towards none. */
export function sequences(durations: Durations): fc.Arbitrary<Step[]> {
  const lease = fc.constantFrom(...durations.leases);
  const ttl = fc.constantFrom(...durations.ttls);
  const reads = fc.record({ name: fc.constantFrom('find', 'exists', 'remove', 'inspect'), key });
  const store = fc.record({ name: fc.constant('store'), key, value, ttl });
  const claim = fc.record({ name: fc.constant('claim'), key, token, lease, fingerprint });
  const complete = fc.record({ name: fc.constant('complete'), key, token, value, ttl });
  const release = fc.record({ name: fc.constant('release'), key, token });
  const renew = fc.record({ name: fc.constant('renew'), key, token, lease });

  const operation: fc.Arbitrary<Operation> = fc.oneof(
    { weight: 6, arbitrary: claim },
    { weight: 4, arbitrary: complete },
    { weight: 4, arbitrary: reads },
    { weight: 2, arbitrary: renew },
    { weight: 1, arbitrary: release },
    { weight: 1, arbitrary: store },
  );
  const act: fc.Arbitrary<Step> = fc.record({
    kind: fc.constant('operation'),
    client,
    operation,
  });
  const steps: fc.WeightedArbitrary<Step>[] = [{ weight: 4, arbitrary: act }];
  if (durations.advances.length > 0) {
    const by = fc.constantFrom(...durations.advances);
    steps.push({ weight: 1, arbitrary: fc.record({ kind: fc.constant('advance'), by }) });
  }
  return fc.array(fc.oneof(...steps), { minLength: 1, maxLength: LONGEST, size: 'max' });
}
