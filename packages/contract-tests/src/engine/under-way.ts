import { AsyncLocalStorage } from 'node:async_hooks';
import { seen } from './seen.ts';

/** What a rule that is under way takes faults down with. */
interface Blamed {
  readonly id: string;
  fault(text: string): void;
}

const owners = new AsyncLocalStorage<Blamed>();
const underWay = new Set<Blamed>();
let changed: (() => void) | undefined;

/** Runs a rule so that what nobody catches meanwhile is put to its account. */
export async function accountable<T>(blamed: Blamed, work: () => Promise<T>): Promise<T> {
  underWay.add(blamed);
  changed?.();
  try {
    return await owners.run(blamed, work);
  } finally {
    underWay.delete(blamed);
    changed?.();
  }
}

/** Tells, from now on, whenever a rule begins or ends; nobody any more where none is given. */
export function tellOfRules(listener: (() => void) | undefined): void {
  changed = listener;
}

/** The ids of the rules under way. */
export function rulesUnderWay(): readonly string[] {
  return [...underWay].map(({ id }) => id);
}

/**
 * Whose an error is that nobody caught: of the rules that it was put to the account of; or of none,
 * where no rule was under way, or the one that it came from, `after`, was over already.
 */
export type Account =
  | { readonly of: 'rules'; readonly ids: readonly string[] }
  | { readonly of: 'none'; readonly after: string | undefined };

/**
 * Puts an error that nobody caught to the account of the rule that it came from, where that can be
 * told and the rule is still under way, and of every rule under way where it cannot be told.
 */
export function blame(error: unknown): Account {
  const owner = owners.getStore();
  if (owner !== undefined && !underWay.has(owner)) return { of: 'none', after: owner.id };
  const blamed = owner === undefined ? [...underWay] : [owner];
  if (blamed.length === 0) return { of: 'none', after: undefined };
  const ids = blamed.map(({ id }) => id);
  for (const each of blamed) {
    const others = ids.filter((id) => id !== each.id);
    const beside = others.length === 0 ? '' : ` (it may be of ${others.join(', ')}, too)`;
    each.fault(
      `an error that nobody caught, which would have ended the process, saw ${seen(error)}${beside}`,
    );
  }
  return { of: 'rules', ids };
}
