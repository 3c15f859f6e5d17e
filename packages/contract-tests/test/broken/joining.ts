import type { Inspection } from '@idem/core';
import { remoteHarness } from '../remote/remote-harness.ts';
import { RemoteStore } from '../remote/remote-store.ts';
import type { BrokenStore } from './kit/broken-store.ts';

const late = (says: RegExp): Record<string, RegExp> => ({
  'faults.late-replies-are-of-what-was-asked': says,
});

/** Gives whoever asks what is under way already the answer of that, and sends nothing. */
class Joining extends RemoteStore {
  readonly #underWay = new Map<string, Promise<unknown>>();
  protected async joined<T>(what: string, send: () => Promise<T>): Promise<T> {
    // Trusts that what has this name answers what this one answers.
    const known = this.#underWay.get(what) as Promise<T> | undefined;
    const sent = known ?? send().finally(() => this.#underWay.delete(what));
    this.#underWay.set(what, sent);
    return sent;
  }
}

/** Mistakes of clients that save a request where the same is under way. */
export const joiningMistakes: readonly BrokenStore[] = [
  remote(
    'looks that join',
    'Answers inspect with the one of that key that is under way, however old.',
    late(/inspect, asked after the change and beside an older one: expected "completed"/),
    class extends Joining {
      protected override doInspect(key: string): Promise<Inspection> {
        return this.joined(key, () => super.doInspect(key));
      }
    },
  ),
  remote(
    'removes that join',
    'Sends no second remove of a key while one is under way.',
    late(
      /the key after remove, sent again beside an older one: expected "vacant", saw "completed"/,
    ),
    class extends Joining {
      protected override doRemove(key: string): Promise<void> {
        return this.joined(key, () => super.doRemove(key));
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
