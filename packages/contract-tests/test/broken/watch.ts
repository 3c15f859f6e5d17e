import type { StoreSupport, Unwatch } from '@idem/core';
import { type BrokenStore, broken } from './kit/broken-store.ts';
import type { Finish, Release } from './kit/parts.ts';
import { ReferenceStore } from './kit/reference-store.ts';
import { UncheckedStore } from './kit/unchecked-store.ts';

const notWoken = /expected to be woken, saw no wake-up/;

const apart = {
  durability: { promised: false, reason: 'the records are in memory' },
  sharing: { promised: false, reason: 'the records are in the memory of one process' },
} as const;

/** A store that promises no wake-ups, and says nothing else wrong. */
class Unpromised extends ReferenceStore {
  override readonly supports: StoreSupport = {
    ...apart,
    wakeUp: { promised: false, reason: 'it is not wanted' },
  };
}

/** Mistakes of `watch`. */
export const watchMistakes: readonly BrokenStore[] = [
  broken(
    'no-reason-for-no-wake-up',
    'Declares that it wakes nobody, and gives no reason.',
    { 'watch.support-is-declared': /supports.wakeUp: expected \{ promised: true \} or/ },
    class extends Unpromised {
      override readonly supports: StoreSupport = {
        ...apart,
        wakeUp: { promised: false, reason: '' },
      };
    },
  ),
  broken(
    'wakes-its-own',
    'Wakes who watches through the client that ended the claim, and no other.',
    {
      'watch.complete-wakes': /another client, right after the call of watch: expected to be woken/,
      'watch.every-end-wakes': /by end number 1: expected to be woken/,
      'watch.every-watcher-is-woken': notWoken,
      'watch.keys-are-exact': notWoken,
    },
    class extends ReferenceStore {
      readonly #own: ReturnType<ReferenceStore['watchers']> = new Map();
      protected override watchers(): ReturnType<ReferenceStore['watchers']> {
        return this.#own;
      }
    },
  ),
  broken(
    'wakes-whom-another-stopped',
    'Wakes all who watched when the claim ended, those too that were stopped meanwhile.',
    { 'watch.unwatch-within-a-wake': /where the first stops the others: expected 1, saw 3/ },
    class extends UncheckedStore {
      protected override wakeUp(key: string): void {
        const watchers = [...(this.watchers().get(this.place(key)) ?? [])];
        for (const { wake } of watchers) this.call(wake);
      }
    },
  ),
  broken(
    'watched-keys-as-patterns',
    'Takes each key that is watched for a pattern, and looks which of them the key that changed matches.',
    { 'watch.keys-are-exact': /Invalid regular expression/ },
    class extends ReferenceStore {
      protected override wakeUp(key: string): void {
        for (const [watched, watchers] of this.watchers()) {
          if (watched !== key && !new RegExp(`^${watched}$`).test(key)) continue;
          for (const { wake } of watchers) this.call(wake);
        }
      }
    },
  ),
  broken(
    'loops-over-who-stops',
    'Goes through the list of who watches by number, while those that are woken leave it.',
    { 'watch.changes-within-a-wake': /how many of four were called, .*: expected 4, saw/ },
    class extends ReferenceStore {
      protected override wakeUp(key: string): void {
        const watchers = this.watchers().get(this.place(key)) ?? new Set();
        for (let nth = 0; nth < watchers.size; nth += 1) {
          const watcher = [...watchers][nth];
          if (watcher !== undefined) this.call(watcher.wake);
        }
      }
    },
  ),
  broken(
    'wakes-for-results',
    'Wakes who waits when there is a result, and not when the key is free.',
    { 'watch.release-wakes': notWoken, 'watch.remove-wakes': notWoken },
    class extends ReferenceStore {
      protected override wakeUp(key: string): void {
        if (this.row(key).record?.state === 'completed') super.wakeUp(key);
      }
    },
  ),
  broken(
    'wakes-when-the-row-goes',
    'Wakes who waits when the row is deleted, and not when there is a result.',
    { 'watch.complete-wakes': notWoken, 'watch.store-wakes': notWoken },
    class extends ReferenceStore {
      protected override wakeUp(key: string): void {
        if (this.row(key).record === undefined) super.wakeUp(key);
      }
    },
  ),
  broken(
    'listens-a-little-later',
    'Listens a moment after watch was called, and says nothing of what it missed.',
    {
      'watch.complete-wakes': /right after the call of watch: expected to be woken/,
      'watch.release-wakes': notWoken,
    },
    class extends ReferenceStore {
      protected override doWatch(key: string, wake: () => void): Unwatch {
        let unwatch: Unwatch = () => {};
        const timer = setTimeout(() => {
          unwatch = super.doWatch(key, wake);
        }, 50);
        return () => {
          clearTimeout(timer);
          unwatch();
        };
      }
    },
  ),
  broken(
    'wakes-as-watching-begins',
    'Calls a wake when it begins to watch, in case it was late, and when the claim is released; by no other end.',
    {
      'watch.complete-wakes': /goes on watching, by end number 1: expected to be woken/,
      'watch.store-wakes': /goes on watching, by end number 1: expected to be woken/,
      'watch.remove-wakes': /goes on watching, by end number 1: expected to be woken/,
    },
    class extends ReferenceStore {
      #released = false;

      protected override doWatch(key: string, wake: () => void): Unwatch {
        setTimeout(() => this.call(wake), 1).unref();
        return super.doWatch(key, wake);
      }

      protected override wakeUp(key: string): void {
        if (this.#released) super.wakeUp(key);
      }

      protected override async doRelease(...parts: Parameters<Release>): Promise<boolean> {
        this.#released = true;
        const released = await super.doRelease(...parts);
        this.#released = false;
        return released;
      }
    },
  ),
  broken(
    'woken-once',
    'Wakes a watcher once and forgets it.',
    { 'watch.every-end-wakes': /by end number 2: expected to be woken/ },
    class extends ReferenceStore {
      protected override wakeUp(key: string): void {
        super.wakeUp(key);
        this.watchers().delete(this.place(key));
      }
    },
  ),
  broken(
    'last-watcher-only',
    'Keeps one watcher for each key: the last.',
    { 'watch.every-watcher-is-woken': /watcher 1 of 24: expected to be woken/ },
    class extends ReferenceStore {
      protected override doWatch(key: string, wake: () => void): Unwatch {
        this.watchers().delete(this.place(key));
        return super.doWatch(key, wake);
      }
    },
  ),
  broken(
    'watchers-by-function',
    'Keeps the functions that are to be called in a set.',
    {
      'watch.every-watcher-is-woken': /what watches twice: expected called twice/,
      'watch.unwatch-stops': /watched twice and stopped once: expected 1 or more, saw 0/,
    },
    class extends UncheckedStore {
      protected override doWatch(key: string, wake: () => void): Unwatch {
        const watchers = this.watchers().get(this.place(key)) ?? new Set();
        for (const each of watchers) if (each.wake === wake) return () => watchers.delete(each);
        return super.doWatch(key, wake);
      }
    },
  ),
  broken(
    'channels-of-plain-letters',
    'Names its channels after the key, without what a channel may not be called.',
    { 'watch.keys-are-exact': notWoken },
    class extends ReferenceStore {
      protected override doWatch(key: string, wake: () => void): Unwatch {
        return super.doWatch(key.replace(/[^\w:.-]/g, ''), wake);
      }
    },
  ),
  broken(
    'unwatch-forgotten',
    'Calls who has stopped watching as well.',
    { 'watch.unwatch-stops': /calls after both have stopped: expected 0, saw/ },
    class extends UncheckedStore {
      protected override doWatch(key: string, wake: () => void): Unwatch {
        super.doWatch(key, wake);
        return () => {};
      }
    },
  ),
  broken(
    'wake-thrown-through',
    'Lets what a watcher throws end the operation that woke it.',
    { 'watch.throwing-wake-harms-nothing': /the rule was ended by an error Error: of the watcher/ },
    class extends UncheckedStore {
      protected override call(wake: () => void): void {
        wake();
      }
    },
  ),
  broken(
    'watched-after-close',
    'Goes on calling the watchers of a client that is closed.',
    { 'watch.close-ends-watching': /calls after close: expected 0, saw 1/ },
    class extends UncheckedStore {
      protected override async doClose(): Promise<void> {}
    },
  ),
  broken(
    'watch-unchecked',
    'Watches whatever it is given, open or closed.',
    {
      'watch.bad-key-is-refused': /watch of "": expected a throw of IDEM_INVALID_KEY, saw none/,
      'watch.bad-wake-is-refused':
        /watch with no function: expected a throw of IDEM_INVALID_OPTIONS/,
      'watch.closed-is-refused': /watch after close: expected a throw of IDEM_STORE_CLOSED/,
    },
    class extends ReferenceStore {
      override watch(key: string, wake: () => void): Unwatch {
        return this.doWatch(key, wake);
      }
    },
  ),
  broken(
    'calls-without-a-promise',
    'Does not promise wake-ups, and calls all the same, now and then.',
    { 'watch.unpromised-never-calls': /calls: expected 0, saw/ },
    Unpromised,
  ),
  broken(
    'watchers-of-all-cleared-at-close',
    'Forgets at close whoever watches, through other clients too.',
    { 'watch.closing-leaves-other-watchers': /once others have closed: expected to be woken/ },
    class extends ReferenceStore {
      protected override async doClose(): Promise<void> {
        this.watchers().clear();
        await super.doClose();
      }
    },
  ),
  broken(
    'watchers-of-ten-keys',
    'Has room for watchers of ten keys, and forgets all others.',
    { 'watch.many-keys-at-once': /the watcher of key \d+ of 250: expected to be woken/ },
    class extends ReferenceStore {
      protected override doWatch(key: string, wake: () => void): Unwatch {
        const room = this.watchers().size < 10 || this.watchers().has(this.place(key));
        return room ? super.doWatch(key, wake) : () => {};
      }
    },
  ),
  broken(
    'no-wake-of-a-takeover',
    'Tells nobody when a takeover ends.',
    { 'watch.every-claim-wakes': /(complete|store|release|remove) of a takeover: expected/ },
    class extends ReferenceStore {
      protected override finish(...parts: Parameters<Finish>): void {
        super.finish(...parts);
        if (parts[1].takeover) this.watchers().clear();
      }
    },
  ),
];
