import type { StoreSupport } from '@idem/core';
import { IdempotencyError } from '@idem/core';
import { type BrokenStore, broken } from './kit/broken-store.ts';
import type { Claim, Store } from './kit/parts.ts';
import { type Backend, ReferenceStore } from './kit/reference-store.ts';
import { UncheckedStore } from './kit/unchecked-store.ts';

/** How often each backend was connected to, and whether somebody shut it down. */
const connections = new WeakMap<Backend, number>();
const shutDown = new WeakSet<Backend>();

export const lifecycleMistakes: readonly BrokenStore[] = [
  broken(
    'closed-once',
    'Fails when it is closed twice.',
    { 'lifecycle.close-twice': /the rule was ended by an error Error: not connected/ },
    class extends ReferenceStore {
      #open = true;
      override async close(): Promise<void> {
        if (!this.#open) throw new Error('not connected');
        this.#open = false;
        await super.close();
      }
    },
  ),
  broken(
    'closes-what-never-opened',
    'Connects with the first operation, and fails to close when there was none.',
    { 'lifecycle.close-unused': /the rule was ended by an error Error: no connection to close/ },
    class extends ReferenceStore {
      #connected = false;
      protected override async travel(): Promise<void> {
        this.#connected = true;
        await super.travel();
      }
      protected override async doClose(): Promise<void> {
        if (!this.#connected) throw new Error('no connection to close');
      }
    },
  ),
  broken(
    'open-for-ever',
    'Goes on working after close.',
    {
      'lifecycle.closed-is-refused':
        /find after close: expected a rejection with IDEM_STORE_CLOSED/,
      'lifecycle.closing-is-refused': /find while close is under way: expected a rejection/,
    },
    class extends UncheckedStore {
      protected override checkOpen(): void {}
    },
  ),
  broken(
    'closed-when-it-is-done',
    'Takes operations until close has ended.',
    { 'lifecycle.closing-is-refused': /find while close is under way: expected a rejection/ },
    class extends UncheckedStore {
      #closed = false;
      protected override checkOpen(): void {
        if (this.#closed) throw new IdempotencyError('IDEM_STORE_CLOSED', 'closed');
      }
      protected override async doClose(): Promise<void> {
        await super.doClose();
        this.#closed = true;
      }
    },
  ),
  broken(
    'dispose-does-nothing',
    'Can be disposed of, which does nothing.',
    { 'lifecycle.dispose-closes': /exists after it: expected a rejection with IDEM_STORE_CLOSED/ },
    class extends ReferenceStore {
      override async [Symbol.asyncDispose](): Promise<void> {}
    },
  ),
  broken(
    'shuts-the-backend-down',
    'Closes the connection that the user handed in, and others use.',
    { 'lifecycle.others-stay-open': /the rule was ended by an error Error: connection is closed/ },
    class extends ReferenceStore {
      protected override async travel(): Promise<void> {
        await super.travel();
        if (shutDown.has(this.backend)) throw new Error('connection is closed');
      }
      protected override async doClose(): Promise<void> {
        shutDown.add(this.backend);
      }
    },
  ),
  broken(
    'releases-on-close',
    'Gives up on close what it claimed, though others may complete it.',
    { 'lifecycle.records-outlive-clients': /what the closed client claimed: expected the holder/ },
    class extends ReferenceStore {
      readonly #claimed = new Set<string>();
      protected override async doClaim(...parts: Parameters<Claim>): ReturnType<Claim> {
        this.#claimed.add(parts[0]);
        return super.doClaim(...parts);
      }
      protected override async doClose(): Promise<void> {
        for (const key of this.#claimed) this.row(key).record = undefined;
      }
    },
  ),
  broken(
    'acknowledged-and-dropped',
    'Acknowledges what is queued, and drops the queue on close.',
    { 'lifecycle.close-under-way': /what store acknowledged: expected true, saw false/ },
    class extends ReferenceStore {
      #closed = false;
      protected override async doStore(...parts: Parameters<Store>): Promise<void> {
        await this.travel();
        if (!this.#closed) await super.doStore(...parts);
      }
      protected override async doClose(): Promise<void> {
        this.#closed = true;
      }
    },
  ),
  broken(
    'connections-not-given-back',
    'Keeps its connection when it is closed, until there are no more.',
    { 'lifecycle.many-clients': /ended by an error Error: too many connections/ },
    class extends ReferenceStore {
      constructor(backend: Backend) {
        super(backend);
        const count = (connections.get(backend) ?? 0) + 1;
        connections.set(backend, count);
        if (count > 5) throw new Error('too many connections');
      }
    },
  ),
  broken(
    'no-reason-given',
    'Declares that it does not promise something, and gives no reason.',
    { 'lifecycle.supports-is-declared': /supports.durability: expected \{ promised: true \} or/ },
    class extends ReferenceStore {
      override readonly supports: StoreSupport = {
        durability: { promised: false, reason: '' },
        sharing: { promised: true },
        wakeUp: { promised: true },
      };
    },
  ),
  broken(
    'tidies-up-at-close',
    'Deletes at close whatever has ended, lapses and fences with it.',
    {
      'lifecycle.comings-and-goings-leave-what-is-owed':
        /inspect after a lapse: expected \{ state: "vacant", takeover: true \}, saw/,
    },
    class extends ReferenceStore {
      protected override async doClose(): Promise<void> {
        await super.doClose();
        for (const [place, row] of this.backend.rows) {
          if (this.live(row) === undefined) this.backend.rows.delete(place);
        }
      }
    },
  ),
];
