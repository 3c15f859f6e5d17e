import { setImmediate } from 'node:timers/promises';
import type { ClaimResult, OperationOptions } from '@idem/core';
import { untilAborted } from '@idem/core/adapter';
import { type BrokenStore, broken } from './kit/broken-store.ts';
import type { Claim, Complete, Renew } from './kit/parts.ts';
import { ReferenceStore } from './kit/reference-store.ts';
import { UncheckedStore } from './kit/unchecked-store.ts';

/** Pulls the connection away from every operation under way when one of them is aborted. */
class SharedConnection extends UncheckedStore {
  #cut = new AbortController();
  protected override settle<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    signal?.addEventListener('abort', () => this.#cut.abort(new Error('connection closed')), {
      once: true,
    });
    const { signal: cut } = this.#cut;
    return super.settle(super.settle(work, cut), signal).finally(() => {
      if (cut.aborted) this.#cut = new AbortController();
    });
  }
}

export const cancellationMistakes: readonly BrokenStore[] = [
  broken(
    'signal-ignored',
    'Does not look at the signal before it sends.',
    {
      'cancellation.aborted-before': /find: its rejection: expected/,
      'cancellation.aborted-before-sends-nothing':
        /remove, aborted before: expected a rejection .* saw it resolve/,
    },
    class extends UncheckedStore {
      protected override checkSignal(): void {}
      protected override settle<T>(work: Promise<T>): Promise<T> {
        return work;
      }
    },
  ),
  broken(
    'own-abort-error',
    "Rejects with an error of its own instead of the signal's reason.",
    {
      'cancellation.aborted-before':
        /find: its rejection: expected .* saw .*The operation was aborted/,
      'cancellation.aborted-in-flight': /once aborted: expected .* saw .*The operation was aborted/,
    },
    class extends UncheckedStore {
      protected override checkSignal(signal: AbortSignal | undefined): void {
        if (signal?.aborted) throw new Error('The operation was aborted');
      }
      protected override settle<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
        return super.settle(work, signal).catch((error) => {
          throw signal?.aborted ? new Error('The operation was aborted') : error;
        });
      }
    },
  ),
  broken(
    'sent-anyway',
    'Rejects when the signal is aborted, and has sent all the same.',
    {
      'cancellation.aborted-before-sends-nothing':
        /the claimed key afterwards: expected the holder's claim/,
    },
    class extends UncheckedStore {
      protected override checkSignal(): void {}
      protected override async settle<T>(
        work: Promise<T>,
        signal: AbortSignal | undefined,
      ): Promise<T> {
        const result = await work;
        signal?.throwIfAborted();
        return result;
      }
    },
  ),
  broken(
    'waits-for-the-reply',
    'Waits for the reply before it looks whether anybody still wants it.',
    { 'cancellation.aborted-in-flight': /find, once aborted: expected .* saw "still pending"/ },
    class extends UncheckedStore {
      protected override async travel(): Promise<void> {
        await setImmediate();
        await setImmediate();
      }
      protected override async settle<T>(
        work: Promise<T>,
        signal: AbortSignal | undefined,
      ): Promise<T> {
        const result = await work;
        signal?.throwIfAborted();
        return result;
      }
    },
  ),
  broken(
    'half-completed',
    'Ends the claim, then writes the result, and can be aborted in between.',
    {
      'cancellation.aborted-in-flight-is-legal':
        /repeated after the abort: expected true, saw false/,
    },
    class extends ReferenceStore {
      protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
        const [key, token, value, ttl, signal] = parts;
        await this.travel();
        const row = this.row(key);
        const record = this.held(row, token);
        if (record === undefined) return super.doComplete(...parts);
        row.record = undefined;
        await this.travel();
        signal?.throwIfAborted();
        this.finish(row, record, value, ttl);
        return true;
      }
    },
  ),
  broken(
    'claimed-by-nobody',
    'Takes the lock, then writes its token, and can be aborted in between.',
    {
      'cancellation.aborted-claim-is-repeatable':
        /repeated after the abort: expected acquired, saw in-progress/,
    },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const result = await super.doClaim(...parts);
        const row = this.row(parts[0]);
        const { record } = row;
        if (result.outcome !== 'acquired' || record?.state !== 'claimed') return result;
        row.record = { ...record, token: 'nobody' };
        await this.travel();
        parts[4]?.throwIfAborted();
        row.record = record;
        return result;
      }
    },
  ),
  broken(
    'signal-changes-the-way',
    'Takes another way for operations with a signal, and renews nothing there.',
    { 'cancellation.unaborted-changes-nothing': /renew: expected true, saw false/ },
    class extends ReferenceStore {
      protected override async doRenew(...parts: Parameters<Renew>): Promise<boolean> {
        return parts[3] === undefined && (await super.doRenew(...parts));
      }
    },
  ),
  broken(
    'listeners-left',
    'Listens to the signal and never stops.',
    { 'cancellation.no-listeners-left': /listeners left after find: expected 0, saw 1/ },
    class extends UncheckedStore {
      protected override settle<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
        signal?.addEventListener('abort', () => {});
        return super.settle(work, signal);
      }
    },
  ),
  broken(
    'undone-when-aborted-late',
    'Undoes what it did when the signal is aborted, however late.',
    { 'cancellation.abort-after-the-end': /after the late abort: find: expected 6 bytes/ },
    class extends UncheckedStore {
      override async complete(
        ...parts: [string, string, Uint8Array, number, OperationOptions?]
      ): Promise<boolean> {
        const undo = (): Promise<void> => this.doRemove(parts[0]);
        parts[4]?.signal?.addEventListener('abort', undo);
        return super.complete(...parts);
      }
    },
  ),
  broken(
    'cuts-the-connection',
    'Aborts one operation by cutting the connection that all of them share.',
    { 'cancellation.others-are-not-disturbed': /ended by an error Error: connection closed/ },
    SharedConnection,
  ),
  broken(
    'one-signal-for-all',
    'Finds of one key in one turn are one request, under the signal of the first.',
    { 'cancellation.abort-leaves-the-others': /find beside one that was aborted: expected its/ },
    class extends ReferenceStore {
      readonly #underWay = new Map<string, Promise<Uint8Array | null>>();
      protected override doFind(key: string, signal?: AbortSignal): Promise<Uint8Array | null> {
        const known = this.#underWay.get(key);
        if (known !== undefined) return known;
        const work = untilAborted(super.doFind(key), signal).finally(() =>
          this.#underWay.delete(key),
        );
        this.#underWay.set(key, work);
        return work;
      }
    },
  ),
];
