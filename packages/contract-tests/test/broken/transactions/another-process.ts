import type { Harness } from '@idem/contract-tests';
import type { TransactionalSupport } from '@idem/core';
import { StoreServer } from '../../remote/server.ts';
import type { BrokenInMemory } from '../kit/broken-store.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import type { Shared } from './transaction.ts';

/** A backend with one writer: nobody promises that others go on. */
class OneWriter extends OutsideStore {
  override readonly supports: TransactionalSupport = {
    durability: { promised: false, reason: 'the records are in memory' },
    sharing: { promised: true },
    wakeUp: { promised: true },
    sameKeyWhileOpen: { promised: false, reason: 'there is one writer' },
    otherKeysWhileOpen: { promised: false, reason: 'there is one writer' },
  };
}

/** Goes by the time at which a request arrived, however long it waited then. */
class ByArrival extends OneWriter {
  protected override now(): number {
    return this.sent.at;
  }
}

/** Other processes reach the same records over TCP. */
function served(shared: Shared): Partial<Harness> {
  const server = new StoreServer(() => new ByArrival(shared));
  const env = { STORE_SERVER_PORT: '' };
  const starting = server.listen().then(() => {
    env.STORE_SERVER_PORT = String(server.port);
  });
  return {
    open: async () => {
      await starting;
      return new OneWriter(shared);
    },
    close: async () => {
      await starting;
      await server.close();
    },
    processes: {
      module: new URL('../../programs/client-module.ts', import.meta.url).href,
      env,
    },
  };
}

/** Mistakes about what waits in another process. */
export const anotherProcessMistakes: readonly BrokenInMemory[] = [
  brokenInTransactions(
    'clock-of-the-arrival',
    'Reads the clock as a request comes from another process, and not once the writer has ended.',
    {
      'transactions.waited-in-another-process':
        /(?:complete|renew|release) that waited past the lease: expected/,
    },
    { Store: OneWriter, also: served },
  ),
];
