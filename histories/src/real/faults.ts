import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '@idem/contract-tests/faults';
import type { Backend } from '../backends/backend.ts';
import type { Chance } from '../chance.ts';
import type { Disturbance } from './history.ts';
import type { Host } from './host.ts';

/** What a fault has done: whom it befell, if not all, and how many processes, connections or replies. */
export type Struck = Required<Pick<Disturbance, 'struck'>> & Pick<Disturbance, 'clients'>;

export interface Fault extends Pick<Disturbance, 'kind' | 'holds'> {
  /** Resolves when it is over. */
  befall(): Promise<Struck>;
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
        return { struck: 1 };
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
        return { clients: host.name, struck: 1 };
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
        return { clients: host.name, struck: 1 };
      },
    },
  ];
}

function proxyFaults([first, ...others]: readonly FaultProxy[], chance: Chance): Fault[] {
  if (first === undefined) return [];
  const fault = (
    kind: string,
    holds: boolean,
    befall: (proxy: FaultProxy) => Promise<number>,
  ): Fault => ({
    kind,
    holds,
    befall: async () => ({ struck: await befall(chance.oneOf(first, ...others)) }),
  });
  return [
    fault('connections cut', false, async (proxy) => {
      const { connections } = proxy;
      proxy.cut();
      await sleep(chance.oneOf(0, 50, 300));
      proxy.restore();
      return connections;
    }),
    fault('replies lost', false, async (proxy) => {
      const before = proxy.lost;
      const count = 1 + chance.below(3);
      for (let n = 0; n < count; n += 1) proxy.loseNextReply();
      await sleep(200);
      proxy.restore();
      return proxy.lost - before;
    }),
    fault('bytes held back', true, async (proxy) => {
      const { connections } = proxy;
      proxy.stall();
      await sleep(chance.oneOf(50, 300, 1_000));
      proxy.resume();
      return connections;
    }),
  ];
}
