import { type ClaimResult, IdempotencyError, type OperationOptions } from '@idem/core';
import { remoteHarness } from '../remote/remote-harness.ts';
import { RemoteStore } from '../remote/remote-store.ts';
import type { BrokenStore } from './kit/broken-store.ts';

/** Mistakes of clients about what is sent, and what is sent again when a reply was lost. */
export const brokenForSending: readonly BrokenStore[] = [
  remote(
    'claims re-established on reconnect',
    'Claims again, on reconnect, whatever it held, as lock libraries do.',
    { 'faults.lost-release': /afterwards: a claim: expected acquired, saw in-progress/ },
    class extends RemoteStore {
      readonly #held = new Map<string, string>();
      protected override async doRelease(key: string, token: string): Promise<boolean> {
        this.#held.set(key, token);
        return this.once<boolean>('release', key, token).catch(async () => {
          for (const held of this.#held) await this.#claim(...held);
          return true;
        });
      }
      #claim(key: string, token: string): Promise<ClaimResult> {
        return this.ask('claim', key, { token, lease: 60_000 });
      }
    },
  ),
  remote(
    'writes replayed on reconnect',
    'Sends its last writes again, on reconnect, whatever happened since.',
    { 'faults.lost-store-and-remove': /after remove: find: expected null, saw 6 bytes/ },
    class extends RemoteStore {
      readonly #written = new Map<string, readonly [Uint8Array, number]>();
      protected override async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
        this.#written.set(key, [value, ttl]);
        await super.doStore(key, value, ttl);
      }
      protected override async doRemove(key: string): Promise<void> {
        await this.once('remove', key).catch(async () => {
          for (const [name, [value, ttl]] of this.#written) await super.doStore(name, value, ttl);
        });
      }
    },
  ),
  remote(
    'what is there taken for what was sent',
    'Sends a store again only where nothing is there: what is, it takes for its own.',
    {
      'faults.sent-in-vain-in-every-move': /find after a store over a result: expected 3 bytes/,
    },
    class extends RemoteStore {
      protected override async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
        await this.once('store', key, value, ttl).catch(async () => {
          const isThere = await this.ask<boolean>('exists', key);
          if (!isThere) await super.doStore(key, value, ttl);
        });
      }
    },
  ),
  remote(
    'completed by whomever',
    'Takes a completion that is sent again for recorded where the key is completed.',
    {
      'faults.lost-reply-of-every-move':
        /complete again by who has no part in it, its reply lost: expected the refusal, saw true/,
    },
    class extends RemoteStore {
      protected override async doComplete(
        ...[key, token, value, ttl]: Parameters<RemoteStore['doComplete']>
      ): Promise<boolean> {
        return this.once<boolean>('complete', key, token, value, ttl).catch(async () => {
          const isDone = await this.ask<boolean>('exists', key);
          return isDone || super.doComplete(key, token, value, ttl);
        });
      }
    },
  ),
  remote(
    'ttls that add up',
    'Sends a store again with twice the ttl.',
    { 'faults.lost-reply-of-every-move': /what is left after store, its reply lost: expected/ },
    class extends RemoteStore {
      protected override async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
        await this.once('store', key, value, ttl).catch(() => super.doStore(key, value, 2 * ttl));
      }
    },
  ),
  remote(
    'errors that quote',
    'Says in the error of an outage what was sent.',
    { 'faults.cut-is-reported': /the error of complete: expected neither the value nor/ },
    class extends RemoteStore {
      protected override async doComplete(
        ...[key, token, value, ttl]: Parameters<RemoteStore['doComplete']>
      ): Promise<boolean> {
        return super.doComplete(key, token, value, ttl).catch((cause) => {
          const told = `${Buffer.from(value)} was not recorded`;
          throw new IdempotencyError('IDEM_STORE_UNAVAILABLE', told, { cause, retryable: true });
        });
      }
    },
  ),
  remote(
    'lost replies taken for no',
    'Answers false to a completion or a renewal whose reply was lost.',
    { 'faults.losses-under-contention': /No order explains these answers/ },
    class extends RemoteStore {
      protected override async doComplete(
        ...[key, token, value, ttl]: Parameters<RemoteStore['doComplete']>
      ): Promise<boolean> {
        return this.once<boolean>('complete', key, token, value, ttl).catch(() => false);
      }
      protected override async doRenew(
        ...[key, token, lease]: Parameters<RemoteStore['doRenew']>
      ): Promise<boolean> {
        return this.once<boolean>('renew', key, token, lease).catch(() => false);
      }
    },
  ),
  remote(
    'checks left to the server',
    'Sends a key as it is and lets the server refuse it.',
    {
      'arguments.refused-without-a-backend':
        /find with a bad key, with no backend: expected IDEM_INVALID_…, saw an error IDEM_STORE_UNAVAILABLE/,
    },
    class extends RemoteStore {
      override find(key: string): Promise<Uint8Array | null> {
        return this.doFind(key);
      }
    },
  ),
  remote(
    'aborted after it was sent',
    'Looks at the signal once there is a reply.',
    {
      'cancellation.aborted-without-a-backend':
        /find, aborted before, with no backend: expected .*went away, saw an error IDEM_STORE_UNAVAILABLE/,
    },
    class extends RemoteStore {
      override async find(key: string, options?: OperationOptions): Promise<Uint8Array | null> {
        const value = await this.doFind(key);
        options?.signal?.throwIfAborted();
        return value;
      }
    },
  ),
  remote(
    'six retries in a life',
    'Counts what it sends again and never begins anew: after six it leaves all to the caller.',
    {
      'faults.lost-reply-of-every-move': /expected some of the last to be sent again, as 6 of the/,
    },
    class extends RemoteStore {
      #left = 6;
      protected override isTransient(error: unknown): boolean {
        if (!super.isTransient(error) || this.#left === 0) return false;
        this.#left -= 1;
        return true;
      }
    },
  ),
  remote(
    'encoded anew for each attempt',
    'Reads the bytes of the caller again when it sends a value again.',
    {
      'faults.lost-store-and-remove': /find after store: expected 6 bytes/,
      'faults.given-before-a-cut': /what was (stored|completed): expected 5 bytes/,
    },
    class extends RemoteStore {
      protected override own(value: Uint8Array): Uint8Array {
        return value;
      }
    },
  ),
];

function remote(
  name: string,
  mistake: string,
  caughtBy: Readonly<Record<string, RegExp>>,
  Client: typeof RemoteStore,
): BrokenStore {
  return { name, mistake, caughtBy, harness: () => remoteHarness(name, { Client }) };
}
