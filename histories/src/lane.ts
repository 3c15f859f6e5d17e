import type { Answer, Operation } from '@idem/contract-tests/linearizability';
import type { Chance } from './chance.ts';

/** What a lane chooses from. */
export interface LaneOptions {
  readonly keys: readonly [string, ...string[]];
  /** Milliseconds. */
  readonly leases: readonly [number, ...number[]];
  readonly ttls: readonly [number, ...number[]];
}

type Name = Operation['name'];

/** Nobody holds the key, as far as this lane knows. */
const OUTSIDE: Readonly<Record<Name, number>> = {
  claim: 50,
  find: 12,
  exists: 6,
  inspect: 10,
  remove: 4,
  store: 3,
  // With a token that is over: the late holder.
  complete: 6,
  release: 4,
  renew: 5,
};

/** This lane holds it. */
const HOLDING: Readonly<Record<Name, number>> = {
  claim: 6,
  find: 5,
  exists: 3,
  inspect: 8,
  remove: 2,
  store: 2,
  complete: 28,
  release: 28,
  renew: 18,
};

/** A result is there: nothing moves until it goes. */
const COMPLETED: Readonly<Record<Name, number>> = { ...OUTSIDE, remove: 40 };

/** One client's choice of what to do next: mostly what contends for the claim. */
export class Lane {
  readonly client: string;
  readonly #options: LaneOptions;
  readonly #chance: Chance;
  readonly #known: Map<string, { token: string; weights: typeof OUTSIDE }> = new Map();
  #count = 0;

  constructor(client: string, options: LaneOptions, chance: Chance) {
    this.client = client;
    this.#options = options;
    this.#chance = chance;
  }

  /** Every token is one claim's, and every value is written once, so that a reader knows whose it saw. */
  next(): Operation {
    this.#count += 1;
    const { keys, leases, ttls } = this.#options;
    const key = this.#chance.oneOf(...keys);
    const known = this.#known.get(key) ?? { token: `${this.client}.0`, weights: OUTSIDE };
    const name = this.#chance.weighted(known.weights);
    const value = `v${this.client}.${this.#count}`;
    const lease = this.#chance.oneOf(...leases);
    const ttl = this.#chance.oneOf(...ttls);
    switch (name) {
      case 'claim': {
        const token = known.weights === HOLDING ? known.token : `${this.client}.${this.#count}`;
        this.#known.set(key, { ...known, token });
        return { name, key, token, lease, fingerprint: `f${token}` };
      }
      case 'complete':
        return { name, key, token: known.token, value, ttl };
      case 'renew':
        return { name, key, token: known.token, lease };
      case 'release':
        return { name, key, token: known.token };
      case 'store':
        return { name, key, value, ttl };
      default:
        return { name, key };
    }
  }

  /** What came of it; null when nobody knows. */
  learn({ name, key }: Operation, answer: Answer | null): void {
    const known = this.#known.get(key);
    const token = known?.token ?? `${this.client}.0`;
    if (name === 'claim' && answer?.kind === 'acquired') {
      this.#known.set(key, { token, weights: HOLDING });
    } else if (name === 'remove' || (answer?.kind === 'value' && answer.value === null)) {
      if (known?.weights === COMPLETED) this.#known.set(key, { token, weights: OUTSIDE });
    } else if (answer?.kind === 'completed' || name === 'store' || name === 'complete') {
      this.#known.set(key, { token, weights: COMPLETED });
    } else if (answer?.kind === 'in-progress' || name === 'release') {
      this.#known.set(key, { token, weights: OUTSIDE });
    } else if (name === 'renew' && answer?.kind === 'boolean' && !answer.value) {
      this.#known.set(key, { token, weights: OUTSIDE });
    }
  }
}
