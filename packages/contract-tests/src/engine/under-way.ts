import { AsyncLocalStorage } from 'node:async_hooks';
import { seen } from './seen.ts';

/** What a rule that is under way takes faults down with. */
interface Blamed {
  readonly id: string;
  fault(text: string): void;
}

const owners = new AsyncLocalStorage<Blamed>();
const underWay = new Set<Blamed>();

/** Runs a rule so that what nobody catches meanwhile is put to its account. */
export async function accountable<T>(blamed: Blamed, work: () => Promise<T>): Promise<T> {
  underWay.add(blamed);
  try {
    return await owners.run(blamed, work);
  } finally {
    underWay.delete(blamed);
  }
}

/**
 * Puts an error that nobody caught to the account of the rule that it came from, where that can be
 * told and the rule is still under way, and otherwise of every rule under way. Answers their ids.
 */
export function blame(error: unknown): readonly string[] {
  const owner = owners.getStore();
  const blamed = owner !== undefined && underWay.has(owner) ? [owner] : [...underWay];
  const ids = blamed.map(({ id }) => id);
  for (const each of blamed) {
    const others = ids.filter((id) => id !== each.id);
    const beside = others.length === 0 ? '' : ` (it may be of ${others.join(', ')}, too)`;
    each.fault(
      `an error that nobody caught, which would have ended the process, saw ${seen(error)}${beside}`,
    );
  }
  return ids;
}
