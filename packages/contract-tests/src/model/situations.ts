import { INSIDE, type Step } from './generate.ts';
import type { Operation } from './operation.ts';

/** A step of a situation; where time passes every end of `short` is reached. */
export type Part = Operation | Inside | 'time passes' | keyof typeof HAPPENS;

/** An operation in the transaction that is open. */
export interface Inside {
  readonly within: Operation;
}

const HAPPENS = {
  'the backend crashes': { kind: 'crash' },
  'a transaction begins': { kind: 'begin' },
  'the transaction commits': { kind: 'commit' },
} as const;

/** Milliseconds of what ends while it is looked at, and of what does not. */
export interface Lengths {
  readonly short: number;
  readonly long: number;
}

/** How a key comes to be as a move finds it, in the order in which the contract tells its states. */
export function situationsOf(lengths: Lengths): Readonly<Record<string, readonly Part[]>> {
  const { claim, complete, store, remove, release, renew } = moving(lengths);
  const lapsed = [claim('t1', 'short'), 'time passes'] as const;
  return {
    'nobody has touched': [],
    'is held': [claim('t1', 'long')],
    'is held for a while': [claim('t1', 'long'), 'time passes'],
    'is held for a moment': [claim('t1', 'short')],
    'is held by a claim without a fingerprint': [claim('t1', 'long', null)],
    'is held for longer, renewed': [claim('t1', 'short'), renew('t1', 'long')],
    'is held for a moment, renewed': [claim('t1', 'long'), renew('t1', 'short')],
    'is held for longer, claimed again': [claim('t1', 'short'), claim('t1', 'long')],
    'is held for a moment, claimed again': [claim('t1', 'long'), claim('t1', 'short')],
    'is held, and renewed later': [claim('t1', 'long'), 'time passes', renew('t1', 'long')],
    'is held, and claimed again later': [claim('t1', 'long'), 'time passes', claim('t1', 'long')],
    'is stored, and stored again later': [store('long'), 'time passes', store('long')],
    'is completed': [claim('t1', 'long'), complete('t1', 'long')],
    'is completed for a moment': [claim('t1', 'long'), complete('t1', 'short')],
    'is completed for longer than it was held': [claim('t1', 'short'), complete('t1', 'long')],
    'is stored': [store('long')],
    'is stored for a moment': [store('short')],
    'is stored over a claim': [claim('t1', 'long'), store('long')],
    'is stored over a result': [claim('t1', 'long'), complete('t1', 'short'), store('long')],
    'is stored over a result, for a moment': [
      ...[claim('t1', 'long'), complete('t1', 'long'), store('short')],
    ],
    'was released': [claim('t1', 'long'), release('t1')],
    'was held, and removed': [claim('t1', 'long'), remove()],
    'was completed, and removed': [claim('t1', 'long'), complete('t1', 'long'), remove()],
    'has lapsed': lapsed,
    'has lapsed, without a fingerprint': [claim('t1', 'short', null), 'time passes'],
    'has lapsed, renewed': [claim('t1', 'long'), renew('t1', 'short'), 'time passes'],
    'has lapsed, and was removed': [...lapsed, remove()],
    'has lapsed, and its holder came late': [
      ...lapsed,
      ...[renew('t1', 'long'), complete('t1', 'long'), release('t1')],
    ],
    'has lapsed twice': [...lapsed, claim('t2', 'short'), 'time passes'],
    'has expired': [claim('t1', 'long'), complete('t1', 'short'), 'time passes'],
    'has expired, stored': [store('short'), 'time passes'],
    'has expired, stored over a claim': [claim('t1', 'long'), store('short'), 'time passes'],
    'was taken over': [...lapsed, claim('t2', 'long')],
    'was taken over for a moment': [...lapsed, claim('t2', 'short', null)],
    'was taken over by its own token': [...lapsed, claim('t1', 'long')],
    'was taken over, and renewed': [...lapsed, claim('t2', 'short'), renew('t2', 'long')],
    'was taken over, and claimed again': [...lapsed, claim('t2', 'short'), claim('t2', 'long')],
    'was taken over, and completed': [...lapsed, claim('t2', 'long'), complete('t2', 'long')],
    'was taken over, and completed for a moment': [
      ...lapsed,
      ...[claim('t2', 'long'), complete('t2', 'short')],
    ],
    'was taken over, completed and has expired': [
      ...lapsed,
      ...[claim('t2', 'long'), complete('t2', 'short'), 'time passes' as const],
    ],
    'was taken over, and released': [...lapsed, claim('t2', 'long'), release('t2')],
    'was taken over, and removed': [...lapsed, claim('t2', 'long'), remove()],
    'was taken over, and stored over': [...lapsed, claim('t2', 'long'), store('long')],
    'has lapsed, and was stored': [...lapsed, store('long')],
    'has lapsed, was stored and has expired': [...lapsed, store('short'), 'time passes'],
    'was released by a token that holds it again': [
      ...[claim('t1', 'long'), release('t1'), claim('t1', 'long', null)],
    ],
    'was held for a moment, released, and is held by another': [
      ...[claim('t1', 'short'), release('t1'), claim('t2', 'long')],
    ],
    'was stored for a moment, removed, and is held': [
      ...[store('short'), remove(), claim('t2', 'long')],
    ],
    'was completed for a moment, removed, and is completed': [
      ...[claim('t1', 'long'), complete('t1', 'short'), remove()],
      ...[claim('t2', 'long'), complete('t2', 'long')],
    ],
    'was released, and is held by another': [
      ...[claim('t1', 'long'), release('t1'), claim('t2', 'long')],
    ],
  };
}

/** What can be done to a key then, by its holder and by others; what begins a time begins it of either length. */
export function movesOf(lengths: Lengths): readonly Move[] {
  const { claim, complete, store, remove, release, renew, look } = moving(lengths);
  return [
    () => [look('find'), look('exists')],
    (length) => [claim('t1', length)],
    (length) => [claim('t2', length, null)],
    (length) => [complete('t1', length)],
    (length) => [complete('t2', length)],
    (length) => [renew('t1', length)],
    (length) => [renew('t2', length)],
    (length) => [store(length)],
    () => [remove()],
    () => [release('t1')],
    () => [release('t2')],
  ];
}

export type Move = (length: keyof Lengths) => readonly Part[];

/** What can be done to a key in a transaction, where the store offers it there: to be committed with whatever else. */
export function movesInside(lengths: Lengths, offers: (name: string) => boolean): readonly Move[] {
  const { complete, store, remove, look } = moving(lengths);
  const inside = (...operations: readonly Operation[]): readonly Part[] => [
    ...(['a transaction begins'] as const),
    ...operations.filter(({ name }) => offers(name)).map((operation) => ({ within: operation })),
    ...(['the transaction commits'] as const),
  ];
  return [
    () => inside(look('find'), look('exists')),
    (length) => inside({ ...complete('t1', length), inside: true }),
    (length) => inside({ ...complete('t2', length), inside: true }),
    (length) => inside(store(length)),
    () => inside(remove()),
  ];
}

/** What shows what came of a move: at once, and once every end of `short` is reached; `late` by a holder too who comes late. */
export function looksOf(lengths: Lengths, late: boolean): readonly Part[] {
  const { claim, complete, look } = moving(lengths);
  return [
    ...[look('inspect'), ...(late ? [complete('t1', 'long')] : []), 'time passes' as const],
    ...[look('inspect'), claim('t4', 'long', null), look('inspect')],
  ];
}

const KEY = 'k1';

function moving(lengths: Lengths) {
  const of = (length: keyof Lengths): number => lengths[length];
  return {
    claim: (token: string, length: keyof Lengths, fingerprint: string | null = `f-${token}`) =>
      ({ name: 'claim', key: KEY, token, lease: of(length), fingerprint }) as const,
    complete: (token: string, length: keyof Lengths) =>
      ({ name: 'complete', key: KEY, token, value: `of-${token}`, ttl: of(length) }) as const,
    store: (length: keyof Lengths) =>
      ({ name: 'store', key: KEY, value: 'stored', ttl: of(length) }) as const,
    renew: (token: string, length: keyof Lengths) =>
      ({ name: 'renew', key: KEY, token, lease: of(length) }) as const,
    release: (token: string) => ({ name: 'release', key: KEY, token }) as const,
    remove: () => ({ name: 'remove', key: KEY }) as const,
    look: (name: 'find' | 'exists' | 'inspect') => ({ name, key: KEY }) as const,
  };
}

/** The parts as steps, with as many passages of time as all have; a client after the other takes its turn. */
export function stepsOf(
  parts: readonly Part[],
  { short, passages, clients }: { short: number; passages: number; clients: number },
): Step[] {
  const pause: Step = { kind: 'advance', by: short };
  const missing = passages - parts.filter((part) => part === 'time passes').length;
  let turn = 0;
  const own = parts.map((part): Step => {
    if (part === 'time passes') return pause;
    if (typeof part === 'string') return HAPPENS[part];
    if ('within' in part) {
      return { kind: 'operation', client: INSIDE, operation: part.within };
    }
    return { kind: 'operation', client: turn++ % clients, operation: part };
  });
  return [...Array.from({ length: missing }, () => pause), ...own];
}
