import { setTimeout as sleep } from 'node:timers/promises';
import { type ClaimResult, createToken, IdempotencyError, isIdempotencyError } from '@idem/core';
import { type RemoteHarnessOptions, remoteHarness } from '../remote/remote-harness.ts';
import { RemoteStore } from '../remote/remote-store.ts';
import type { Method } from '../remote/wire.ts';
import type { BrokenStore } from './kit/broken-store.ts';

/** Mistakes of clients whose connection fails. */
export const brokenForFaults: readonly BrokenStore[] = [
  remote(
    'a new token for each attempt',
    'A claim is sent with a token of the store’s own making, so that the retry after a lost reply conflicts with itself.',
    {
      'faults.lost-claim': /the claim: expected acquired, saw in-progress/,
      'faults.losses-under-contention': /No order explains these answers/,
    },
    {
      Client: class extends RemoteStore {
        protected override doClaim(
          key: string,
          _token: string,
          lease: number,
        ): Promise<ClaimResult> {
          const once = (): Promise<ClaimResult> =>
            this.once('claim', key, { token: createToken(), lease });
          return once().catch(once);
        }
      },
    },
  ),
  remote(
    'a lost completion is a lost lease',
    'complete answers false when the connection was lost, though the completion landed.',
    { 'faults.lost-complete': /the completion: expected true, saw false/ },
    { Client: taking('complete', false) },
  ),
  remote(
    'a lost renewal is a lost lease',
    'renew answers false when the connection was lost.',
    { 'faults.lost-renew': /the renewal: expected true, saw false/ },
    { Client: taking('renew', false) },
  ),
  remote(
    'errors swallowed as null',
    'find answers null when the connection was lost.',
    {
      'faults.lost-find-and-exists': /find: expected 6 bytes .*, saw null/,
      'faults.cut-is-reported': /find: expected a rejection with .*, saw it resolve to null/,
    },
    { Client: taking('find', null) },
  ),
  remote(
    'a release that is taken for granted',
    'release answers true when the connection was lost: it may not have been sent.',
    { 'faults.cut-is-reported': /release: expected a rejection .*, saw it resolve to true/ },
    { Client: taking('release', true) },
  ),
  remote(
    'a lost release is a lost claim',
    'A release is sent again after its reply was lost, and finds that nothing is held any more.',
    { 'faults.lost-release-is-no-refusal': /the release: expected true, saw false/ },
    { Client: releasing((again) => again) },
  ),
  remote(
    'a second release that is taken for the first',
    'A release that is sent again after a lost reply answers true, whoever had asked.',
    {
      'faults.lost-release-of-nothing':
        /a release of another's, which it released: expected false, saw true/,
    },
    { Client: releasing(() => true) },
  ),
  remote(
    'a release that is sent until it arrives',
    'A release is sent again until there is a reply, and answers true whatever that says.',
    { 'faults.lost-release-overtaken': /once another has claimed: expected false, saw true/ },
    {
      Client: class extends RemoteStore {
        protected override async doRelease(key: string, token: string): Promise<boolean> {
          for (let sent = 1; ; sent += 1) {
            const released = await this.once<boolean>('release', key, token).catch(() => undefined);
            if (released !== undefined) return released || sent > 1;
            await sleep(2);
          }
        }
      },
    },
  ),
  remote(
    'lost looks are vacant',
    'inspect answers that the key is vacant when the connection was lost.',
    {
      'faults.lost-reply-of-every-move':
        /inspect, its reply lost: expected the right answer, saw \{ state: "vacant"/,
    },
    { Client: taking('inspect', { state: 'vacant', takeover: false }) },
  ),
  remote(
    'a takeover that is sent again is none',
    'A claim that is sent again finds its own token, and says that nobody was displaced.',
    { 'faults.lost-replies-of-a-takeover': /its takeover: expected true, saw false/ },
    {
      clock: true,
      Client: class extends RemoteStore {
        protected override doClaim(
          ...[key, token, lease, fingerprint]: Parameters<RemoteStore['doClaim']>
        ): Promise<ClaimResult> {
          const request = { token, lease, fingerprint: fingerprint ?? undefined };
          const once = (): Promise<ClaimResult> => this.once('claim', key, request);
          return once().catch(async () => {
            const again = await once();
            return again.outcome === 'acquired' ? { ...again, takeover: false } : again;
          });
        }
      },
    },
  ),
  remote(
    'errors that nobody can act on',
    'A lost connection rejects with the socket’s own error, not with a documented code.',
    {
      'faults.cut-is-reported':
        /expected a rejection with IDEM_STORE_UNAVAILABLE.*saw an error Error/,
    },
    {
      Client: class extends RemoteStore {
        protected override isTransient(error: unknown): boolean {
          if (isIdempotencyError(error)) throw new Error('read ECONNRESET');
          return false;
        }
      },
    },
  ),
  remote(
    'an outage that is for ever',
    'A lost connection rejects as not retryable, so that callers give up on what would succeed.',
    {
      'faults.cut-is-reported': /expected a retryable error/,
      'faults.lost-release': /IDEM_STORE_UNAVAILABLE: The connection was lost/,
      'faults.lost-store-and-remove': /IDEM_STORE_UNAVAILABLE: The connection was lost/,
    },
    {
      Client: class extends RemoteStore {
        protected override isTransient(error: unknown): boolean {
          if (!isIdempotencyError(error)) return false;
          throw new IdempotencyError('IDEM_STORE_UNAVAILABLE', error.message);
        }
      },
    },
  ),
  remote(
    'a client that never connects again',
    'After its connection was lost the client refuses everything.',
    {
      'faults.works-after-restore': /IDEM_STORE_CLOSED/,
      'faults.works-after-crash': /IDEM_STORE_CLOSED/,
      'faults.cut-in-flight': /IDEM_STORE_CLOSED/,
    },
    {
      Client: class extends RemoteStore {
        protected override isTransient(error: unknown): boolean {
          if (isIdempotencyError(error)) this.close();
          return super.isTransient(error);
        }
      },
    },
  ),
  remote(
    'no deadline',
    'A request waits for its reply for ever.',
    { 'faults.silence-ends': /nothing within 4 s/ },
    {
      Client: class extends RemoteStore {
        protected override within<T>(_end: number, work: Promise<T>): Promise<T> {
          return work;
        }
      },
    },
  ),
  remote(
    'a cache in each process',
    'find remembers what it found, and does not see what other processes do.',
    { 'linearizability.processes': /No order explains these answers/ },
    { module: '../programs/stale-client-module.ts' },
  ),
  remote(
    'a renewal in two steps',
    'renew reads the claim and writes it back a moment later, whatever another process did meanwhile.',
    { 'linearizability.stepped-on-by-another-process': /No order explains these answers/ },
    { module: '../programs/two-step-client-module.ts' },
  ),
  remote(
    'claims that queue in their process only',
    'A claim looks whether the key is vacant, and then writes. In one process they queue; nothing keeps those of two apart.',
    { 'linearizability.processes': /No order explains these answers/ },
    { module: '../programs/hasty-client-module.ts' },
  ),
];

function remote(
  name: string,
  mistake: string,
  caughtBy: Readonly<Record<string, RegExp>>,
  options: RemoteHarnessOptions,
): BrokenStore {
  return { name, mistake, caughtBy, harness: () => remoteHarness(name, options) };
}

/** A client that sends a release again after a lost reply, and answers so from what that came to. */
function releasing(answer: (again: boolean) => boolean): typeof RemoteStore {
  return class extends RemoteStore {
    protected override async doRelease(key: string, token: string): Promise<boolean> {
      const once = (): Promise<boolean> => this.once<boolean>('release', key, token);
      return once().catch(async () => answer(await once()));
    }
  };
}

/** A client that takes a lost connection for this answer. */
function taking(method: Method, answer: unknown): typeof RemoteStore {
  return class extends RemoteStore {
    protected override async ask<T>(name: Method, ...parameters: readonly unknown[]): Promise<T> {
      if (name !== method) return super.ask(name, ...parameters);
      return this.once<T>(name, ...parameters).catch(() => answer as T);
    }
  };
}
