import type { Operation } from '../model/operation.ts';

/** What one client does, one step after the other. */
export type ProgramStep =
  | {
      readonly kind: 'operation';
      readonly operation: Operation;
      /** When its caller gives up: before anything is answered, a little later, or never. */
      readonly abort: 'at once' | 'soon' | null;
    }
  /** Waits until the backend's clock is this much further, in milliseconds. */
  | { readonly kind: 'pause'; readonly by: number };

export interface Program {
  readonly client: string;
  readonly steps: readonly ProgramStep[];
}

export interface ProgramOptions {
  readonly clients: number;
  /** Operations of each client. */
  readonly length: number;
  readonly keys: number;
  /** In how many of a hundred operations the caller gives up. */
  readonly aborts: number;
  /** Leases and ttls to choose from, in milliseconds. */
  readonly durations: readonly number[];
  /** How long clients pause now and then, in milliseconds; 0 for never. */
  readonly pause: number;
  /**
   * True: nobody uses another's token. Then an operation that its adapter repeats still looks like
   * one; with two callers on one token, the other may complete between the two times that a claim
   * takes effect, and the claim is told that it is completed.
   */
  readonly ownTokensOnly?: boolean;
  readonly operations: Readonly<Partial<Record<Operation['name'], number>>>;
}

/** How often each operation comes, in proportion: mostly what contends for the claim. */
export const everyOperation: Readonly<Record<Operation['name'], number>> = {
  claim: 8,
  release: 4,
  complete: 3,
  find: 3,
  renew: 2,
  remove: 2,
  exists: 1,
  store: 1,
  inspect: 2,
};

/** Random programs. Every value is written once, so that a reader knows whose it saw. */
export function programs(options: ProgramOptions, random: (below: number) => number): Program[] {
  return Array.from({ length: options.clients }, (_, index) => ({
    client: `client ${index + 1}`,
    steps: Array.from({ length: options.length }, (_step, position) =>
      options.pause > 0 && random(6) === 0
        ? { kind: 'pause', by: 1 + random(options.pause) }
        : {
            kind: 'operation',
            operation: operation(index + 1, `v${index + 1}.${position + 1}`, options, random),
            abort: random(100) >= options.aborts ? null : random(2) === 0 ? 'at once' : 'soon',
          },
    ),
  }));
}

/**
 * Everybody claims the same vacant keys, one after the other. Who comes late finds a claim, which is
 * quicker than to make one, and so catches up with the first: they meet again and again.
 */
export function race(clients: number, keys: number, lease: number): Program[] {
  return Array.from({ length: clients }, (_, index) => ({
    client: `client ${index + 1}`,
    steps: Array.from({ length: keys }, (_step, at) => {
      const [key, token] = [`k${at + 1}`, `t${index + 1}`];
      const operation: Operation = { name: 'claim', key, token, lease, fingerprint: `f-${token}` };
      return { kind: 'operation', operation, abort: null };
    }),
  }));
}

function operation(
  client: number,
  value: string,
  { keys, durations, operations, clients, ownTokensOnly }: ProgramOptions,
  random: (below: number) => number,
): Operation {
  const key = `k${1 + random(keys)}`;
  // Mostly one's own token; now and then another's, as a retry from another process has it.
  const token = `t${ownTokensOnly !== true && random(3) === 0 ? 1 + random(clients) : client}`;
  const duration = durations[random(durations.length)] ?? 1;
  const name = choose(operations, random);
  switch (name) {
    case 'find':
    case 'exists':
    case 'remove':
    case 'inspect':
      return { name, key };
    case 'store':
      return { name, key, value, ttl: duration };
    case 'claim':
      return { name, key, token, lease: duration, fingerprint: `f-${token}` };
    case 'complete':
      return { name, key, token, value, ttl: duration };
    case 'release':
      return { name, key, token };
    case 'renew':
      return { name, key, token, lease: duration };
  }
}

const NAMES = [
  'find',
  'exists',
  'store',
  'remove',
  'claim',
  'complete',
  'release',
  'renew',
  'inspect',
] as const;

function choose(
  weights: ProgramOptions['operations'],
  random: (below: number) => number,
): Operation['name'] {
  const total = NAMES.reduce((sum, name) => sum + (weights[name] ?? 0), 0);
  let left = random(total);
  for (const name of NAMES) {
    left -= weights[name] ?? 0;
    if (left < 0) return name;
  }
  return 'claim';
}
