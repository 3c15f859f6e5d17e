import type { IdempotencyStore } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { LONG } from '../kit/material.ts';
import { rounds } from '../kit/rounds.ts';
import { acquire } from '../kit/steps.ts';

const { rule } = family('concurrency');

/** More than a piece of what is kept in pieces: of GridFS, and of a mebibyte. */
const SIZES = [
  [280_000, 4],
  [1_060_000, 1],
] as const;
/** By how much every other one is longer. */
const LONGER = 1_234;

type Client = IdempotencyStore;

/** Values that are one byte over and over: of two that were mixed the second begins with another. */
class Versions {
  readonly #size: number;
  readonly #made: Uint8Array[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  next(): Uint8Array {
    const version = this.#made.length + 1;
    const value = new Uint8Array(this.#size + (version % 2) * LONGER).fill(version);
    this.#made.push(value);
    return value;
  }

  /** Which version the bytes are whole; undefined where they are none. */
  which(value: Uint8Array): number | undefined {
    const version = value[0] ?? 0;
    const made = this.#made[version - 1];
    return made !== undefined && Buffer.compare(value, made) === 0 ? version : undefined;
  }
}

/** Looks at the key in either way, and expects a whole value wherever there is one. */
async function look(
  { expect, token }: RuleContext,
  client: Client,
  key: string,
  versions: Versions,
): Promise<void> {
  const request = { token: token(), lease: LONG };
  const [found, replay] = await Promise.all([client.find(key), client.claim(key, request)]);
  const values = [found, replay.outcome === 'completed' ? replay.value : null];
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    if (versions.which(value) !== undefined) continue;
    const pieces = [...new Set(value)].join(' and ');
    const what = `${i === 0 ? 'find' : 'a replay'} beside what replaces a large value`;
    expect.that(what, false, 'one whole value', `${value.length} bytes of ${pieces}`);
  }
}

async function expectWhole(
  context: RuleContext,
  clients: readonly [Client, Client],
  size: number,
): Promise<void> {
  const { store, expect, token } = context;
  const [a, b] = clients;
  const versions = new Versions(size);
  const held = await acquire(context, context.key(), { fingerprint: 'print' });
  const { key } = held;
  const among = (...acts: readonly (() => Promise<unknown>)[]): Promise<unknown> =>
    Promise.all([
      look(context, b, key, versions),
      ...acts.map((act) => act()),
      look(context, a, key, versions),
    ]);
  await among(() => a.complete(key, held.token, versions.next(), LONG));
  await among(() => a.store(key, versions.next(), LONG));
  await among(
    () => a.store(key, versions.next(), LONG),
    () => b.store(key, versions.next(), LONG),
  );
  const [first, second] = [
    await a.find(key),
    await store.claim(key, { token: token(), lease: LONG }),
  ];
  const left = first === null ? undefined : versions.which(first);
  expect.that('what two stores at once left', left === 3 || left === 4, 'one of both', left);
  const again = second.outcome === 'completed' ? versions.which(second.value) : undefined;
  expect.same('what a replay tells of it', again, left);
  await among(() => a.remove(key));
  await store.remove(key);
}

/** What is large goes in pieces, and is one value all the same. */
export const largeValueRules: readonly Rule[] = [
  rule(
    'large-values-are-whole',
    'A large value that is completed, replaced or removed while others read it is read whole, the old one or the new one, by find and in a replay; of two that are stored at once one is there.',
    async (context) => {
      const clients = [context.store, await context.open()] as const;
      for (const [size, times] of SIZES) {
        for (const _round of rounds(context, times)) {
          if (context.expect.faults.length > 0) return;
          await expectWhole(context, clients, size);
        }
      }
    },
    { grade: 'stochastic' },
  ),
];
