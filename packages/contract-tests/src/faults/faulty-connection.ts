import type { IdempotencyStore } from '@idem/core';
import { type Ability, absent, type FaultyConnection, type HangingBackend } from '../harness.ts';
import type { FaultProxy } from './proxy.ts';

export interface FaultyOptions {
  /** Opens a client that reaches the backend at this host and port, which are the proxy's. */
  open(address: { readonly host: string; readonly port: number }): Promise<IdempotencyStore>;
  /**
   * Milliseconds within which every operation of that client ends while the backend is silent,
   * retries included; left out, or why the adapter sets no deadline of its own.
   */
  readonly deadline?: Ability<number>;
}

/** What a harness gives as `faults`, from a proxy before its backend. */
export function faultyConnection(proxy: FaultProxy, options: FaultyOptions): FaultyConnection {
  return {
    open: () => options.open({ host: proxy.host, port: proxy.port }),
    loseNextReply: () => proxy.loseNextReply(),
    cut: async () => proxy.cut(),
    restore: async () => proxy.restore(),
    hang: hanging(proxy, options.deadline ?? absent('The adapter sets no deadline of its own.')),
  };
}

function hanging(proxy: FaultProxy, deadline: Ability<number>): Ability<HangingBackend> {
  if (typeof deadline !== 'number') return deadline;
  return { deadline, stall: () => proxy.stall(), resume: () => proxy.resume() };
}
