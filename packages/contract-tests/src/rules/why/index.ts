import type { Family } from '../../rule.ts';
import { argumentsWhys } from './arguments.ts';
import { cancellation } from './cancellation.ts';
import { linearizability, model } from './chance.ts';
import { claim } from './claim.ts';
import { complete } from './complete.ts';
import { concurrency } from './concurrency.ts';
import { corruption } from './corruption.ts';
import { durability } from './durability.ts';
import { expiry } from './expiry.ts';
import { faults } from './faults.ts';
import { findStore } from './find-store.ts';
import { inspect } from './inspect.ts';
import { keys } from './keys.ts';
import { lifecycle } from './lifecycle.ts';
import { release } from './release.ts';
import { remove } from './remove.ts';
import { renew } from './renew.ts';
import { repetition } from './repetition.ts';
import { tokens } from './tokens.ts';
import { transactions } from './transactions.ts';
import { values } from './values.ts';
import { watch } from './watch.ts';
import type { Whys } from './whys.ts';

const whys: Readonly<Record<Family, Whys>> = {
  'find-store': findStore,
  ...{ claim, complete, release, renew, remove, inspect, watch, expiry, keys, tokens, values },
  arguments: argumentsWhys,
  ...{ cancellation, lifecycle, repetition, concurrency, model, linearizability },
  ...{ faults, corruption, durability, transactions },
};

/** Why a rule is there; undefined for one that is not of the contract. */
export function whyOf(family: Family, name: string): string | undefined {
  const own = whys[family][name];
  if (own !== undefined) return own;
  const table = Object.keys(whys[family]).find(
    (each) => each.endsWith('*') && name.startsWith(each.slice(0, -1)),
  );
  return table === undefined ? undefined : whys[family][table];
}

/** The entries that no rule uses any more. */
export function unusedWhys(ids: readonly string[]): readonly string[] {
  return Object.entries(whys).flatMap(([family, of]) =>
    Object.keys(of)
      .map((name) => `${family}.${name}`)
      .filter((entry) => !ids.some((id) => matches(entry, id))),
  );
}

function matches(entry: string, id: string): boolean {
  return entry.endsWith('*') ? id.startsWith(entry.slice(0, -1)) : id === entry;
}
