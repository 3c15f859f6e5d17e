import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '@idem/contract-tests/linearizability';
import type { Backend } from '../backends/backend.ts';
import type { Chance } from '../chance.ts';
import type { Disturbance } from './history.ts';
import type { Host } from './host.ts';

/** Lets things go wrong, one after the other, until it is aborted; tells what went wrong when. */
export async function weather(
  backend: Backend,
  hosts: readonly Host[],
  every: number,
  chance: Chance,
  over: AbortSignal,
  disturbances: Disturbance[],
): Promise<void> {
  const faults = Object.entries(faultsOf(backend, hosts, chance));
  if (faults.length === 0) return;
  while (!over.aborted) {
    await sleep(every / 4 + chance.below(every));
    const drawn = faults[chance.below(faults.length)];
    if (over.aborted || drawn === undefined) return;
    const [kind, befall] = drawn;
    const from = now();
    // Open until it is over, for whoever asks meanwhile.
    const place = disturbances.push({ kind, from, to: Number.POSITIVE_INFINITY }) - 1;
    await befall();
    disturbances[place] = { kind, from, to: now() };
  }
}

function faultsOf(
  backend: Backend,
  hosts: readonly Host[],
  chance: Chance,
): Record<string, () => Promise<void>> {
  const faults: Record<string, () => Promise<void>> = {};
  const [first, ...others] = hosts;
  if (first !== undefined && backend.isShared) {
    faults['client killed'] = async () => {
      const host = chance.oneOf(first, ...others);
      await host.kill();
      await host.start();
    };
    faults['client stopped'] = async () => {
      const host = chance.oneOf(first, ...others);
      host.stop();
      await sleep(chance.oneOf(100, 500, 1_500));
      host.resume();
    };
  }
  const [proxy, ...proxies] = backend.proxies;
  if (proxy !== undefined) {
    const any = () => chance.oneOf(proxy, ...proxies);
    faults['connections cut'] = async () => {
      const cut = any();
      cut.cut();
      await sleep(chance.oneOf(0, 50, 300));
      cut.restore();
    };
    faults['replies lost'] = async () => {
      const losing = any();
      const count = 1 + chance.below(3);
      for (let n = 0; n < count; n += 1) losing.loseNextReply();
      await sleep(200);
      losing.restore();
    };
    faults['bytes held back'] = async () => {
      const held = any();
      held.stall();
      await sleep(chance.oneOf(50, 300, 1_000));
      held.resume();
    };
  }
  for (const [kind, befall] of Object.entries(backend.faults)) faults[kind] = () => befall(chance);
  return faults;
}
