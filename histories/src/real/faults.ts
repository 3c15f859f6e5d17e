import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '@idem/contract-tests/faults';
import type { Backend } from '../backends/backend.ts';
import type { Chance } from '../chance.ts';
import type { Disturbance } from './history.ts';
import type { Host } from './host.ts';

export interface Fault extends Pick<Disturbance, 'kind' | 'holds'> {
  /** Resolves when it is over, with what the names of the clients begin with that it befell, if not all. */
  befall(): Promise<string | undefined>;
}

/** What may go wrong in a run. */
export function faultsOf(backend: Backend, hosts: readonly Host[], chance: Chance): Fault[] {
  return [
    ...(backend.isShared ? hostFaults(hosts, chance) : []),
    ...proxyFaults(backend.proxies, chance),
    ...Object.entries(backend.faults).map(([kind, { holds, befall }]) => ({
      kind,
      holds,
      befall: async () => {
        await befall(chance);
        return undefined;
      },
    })),
  ];
}

function hostFaults([first, ...others]: readonly Host[], chance: Chance): Fault[] {
  if (first === undefined) return [];
  const any = (): Host => chance.oneOf(first, ...others);
  return [
    {
      kind: 'client killed',
      holds: false,
      befall: async () => {
        const host = any();
        await host.kill();
        await host.start();
        return host.name;
      },
    },
    {
      kind: 'client stopped',
      holds: true,
      befall: async () => {
        const host = any();
        host.stop();
        await sleep(chance.oneOf(100, 500, 1_500));
        host.resume();
        return host.name;
      },
    },
  ];
}

function proxyFaults([first, ...others]: readonly FaultProxy[], chance: Chance): Fault[] {
  if (first === undefined) return [];
  const fault = (
    kind: string,
    holds: boolean,
    befall: (proxy: FaultProxy) => Promise<void>,
  ): Fault => ({
    kind,
    holds,
    befall: async () => {
      await befall(chance.oneOf(first, ...others));
      return undefined;
    },
  });
  return [
    fault('connections cut', false, async (proxy) => {
      proxy.cut();
      await sleep(chance.oneOf(0, 50, 300));
      proxy.restore();
    }),
    fault('replies lost', false, async (proxy) => {
      const count = 1 + chance.below(3);
      for (let n = 0; n < count; n += 1) proxy.loseNextReply();
      await sleep(200);
      proxy.restore();
    }),
    fault('bytes held back', true, async (proxy) => {
      proxy.stall();
      await sleep(chance.oneOf(50, 300, 1_000));
      proxy.resume();
    }),
  ];
}
