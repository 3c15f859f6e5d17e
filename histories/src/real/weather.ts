import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '@idem/contract-tests/linearizability';
import type { Backend } from '../backends/backend.ts';
import type { Chance } from '../chance.ts';
import { type Fault, faultsOf } from './faults.ts';
import type { Disturbance } from './history.ts';
import type { Host } from './host.ts';
import { inTime } from './in-time.ts';

/**
 * Lets things go wrong, one after the other, until it is aborted; tells what went wrong when. They come
 * as cards of a deck that is shuffled again when it is used up: no kind is left to luck. What shows that
 * a server is wrong comes before the first.
 */
export async function weather(
  backend: Backend,
  hosts: readonly Host[],
  every: number,
  chance: Chance,
  over: AbortSignal,
  disturbances: Disturbance[],
): Promise<void> {
  const faults = faultsOf(backend, hosts, chance);
  let deck: Fault[] = faults.filter(({ kind }) => kind === backend.telling);
  while (faults.length > 0 && !over.aborted) {
    await sleep(every / 4 + chance.below(every), undefined, { signal: over }).catch(() => {});
    if (over.aborted) return;
    await inTime('the server is whole again', backend.whole?.() ?? Promise.resolve());
    if (deck.length === 0) deck = [...faults];
    const [fault] = deck.splice(chance.below(deck.length), 1);
    if (over.aborted || fault === undefined) return;
    const { kind, holds } = fault;
    const from = now();
    // Open until it is over, and anybody's, for whoever asks meanwhile.
    const place = disturbances.push({ kind, holds, from, to: Number.POSITIVE_INFINITY }) - 1;
    const struck = await inTime(`the end of a fault (${kind})`, fault.befall());
    disturbances[place] = { kind, holds, from, to: now(), ...struck };
  }
}
