import type { RuleContext } from '../../rule.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';

/** Before a lease is begun anew its claim was held for less than this, in milliseconds. */
const HELD_BEFORE = 10 * 60_000;

export interface Scene {
  readonly context: RuleContext;
  readonly short: number;
  /** Says in failures how wrong the clock was. */
  readonly how: string;
  wrong<T>(work: () => Promise<T>): Promise<T>;
}

/** What is done to begin a time of `short`, while that lasts, and once it has ended. */
export interface Acts {
  begin(): Promise<unknown>;
  during?(): Promise<void>;
  after(): Promise<void>;
}

export function claimOf({ context }: Scene): { readonly token: string; readonly lease: number } {
  return { token: context.token(), lease: LONG };
}

export async function read(
  { context, short, how, wrong }: Scene,
  name: string,
  look: (key: string) => Promise<unknown>,
  live: unknown,
  over: unknown,
): Promise<Acts> {
  const { store, expect } = context;
  const key = context.key();
  return {
    begin: () => store.store(key, bytes('value'), short),
    during: async () => expect.same(`${name} ${how}`, await wrong(() => look(key)), live),
    after: async () =>
      expect.same(`${name} ${how}, at the ttl's end`, await wrong(() => look(key)), over),
  };
}

/** A record that is written with the wrong clock lives for its ttl and no longer. */
export async function written(
  { context, short, how, wrong }: Scene,
  key: string,
  write: () => Promise<unknown>,
): Promise<Acts> {
  const { store, expect } = context;
  return {
    begin: () => wrong(write),
    during: async () => {
      const seen = await store.inspect(key);
      const left = seen.state === 'completed' ? seen.ttlRemaining : 0;
      const right = left >= 1 && left <= short + ROUNDING;
      expect.that(`the ttl of what was written ${how}`, right, `1 to ${short} ms`, seen);
    },
    after: async () => expect.same(`find, written ${how}`, await store.find(key), null),
  };
}

/** A lease that is begun with the wrong clock holds for as long as it was asked for and no longer. */
export async function leased(
  scene: Scene,
  key: string,
  begin: () => Promise<unknown>,
): Promise<Acts> {
  const { context, short, how, wrong } = scene;
  const { store, expect } = context;
  return {
    begin: () => wrong(begin),
    during: async () => {
      const result = await store.claim(key, claimOf(scene));
      const left = result.outcome === 'in-progress' ? result.leaseRemaining : 0;
      const right = left >= 1 && left <= short + ROUNDING;
      expect.that(`the lease begun ${how}`, right, `in progress, 1 to ${short} ms`, result);
      const seen = await store.inspect(key);
      const held = seen.state === 'claimed' ? seen.heldFor : -1;
      const told = held >= 0 && held <= HELD_BEFORE + short;
      expect.that(`heldFor of a lease begun ${how}`, told, 'how long it was held', seen);
    },
    after: () => expectOwed(scene, 'the lease', key, true),
  };
}

export async function lapsingClaim({ context, short }: Scene): Promise<{
  readonly key: string;
  readonly token: string;
  begin(): Promise<void>;
}> {
  const [key, token] = [context.key('lapsing'), context.token()];
  const begin = async (): Promise<void> => {
    await context.store.claim(key, { token, lease: short });
  };
  return { key, token, begin };
}

export async function expectOwed(
  scene: Scene,
  after: string,
  key: string,
  owed: boolean,
): Promise<void> {
  const result = await scene.context.store.claim(key, claimOf(scene));
  const { outcome, takeover } = { takeover: null, ...result };
  const expected = { outcome: 'acquired', takeover: owed };
  scene.context.expect.same(
    `a claim after ${after}, ${scene.how}`,
    { outcome, takeover },
    expected,
  );
}
