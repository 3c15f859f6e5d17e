import { setImmediate } from 'node:timers/promises';
import { type ClaimResult, IdempotencyError } from '@idem/core';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import type { Claim, Complete, Renew, Store } from '../kit/parts.ts';
import { ReferenceStore, type Row } from '../kit/reference-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

const ROOM = 24 * 1024 * 1024;
const FULL = 256 * 1024 * 1024;

/** Drops, in this order, what it may until the values fit. */
function evicting(mayDrop: (row: Row) => boolean): typeof ReferenceStore {
  return class extends ReferenceStore {
    protected override async doStore(...parts: Parameters<Store>): Promise<void> {
      await super.doStore(...parts);
      const { rows } = this.backend;
      const sizeOf = ({ record }: Row): number =>
        record?.state === 'completed' ? record.value.length : 0;
      let total = [...rows.values()].reduce((sum, row) => sum + sizeOf(row), 0);
      for (const [place, row] of rows) {
        if (total <= ROOM || place === parts[0]) break;
        if (!mayDrop(row)) continue;
        total -= sizeOf(row);
        rows.delete(place);
      }
    }
  };
}

const bytes = (says: RegExp): Record<string, RegExp> => ({ 'concurrency.many-bytes': says });

/** Answers every other caller, of those under way at once, with what its neighbour asked for. */
class Crossing extends TracedStore {
  #held: string | undefined;
  protected crossed(key: string): string {
    const other = this.#held ?? key;
    this.#held = key;
    return other;
  }
}

/** Mistakes about room, and answers that go to another. */
export const roomMistakes: readonly BrokenStore[] = [
  broken(
    'room-of-24-MiB',
    'Drops the oldest records when the values are larger together than 24 MiB.',
    bytes(/what was stored, after \d values of 16 MiB: find: expected 6 bytes .*, saw null/),
    evicting(() => true),
  ),
  broken(
    'room-made-by-dropping-large-ones',
    'Drops large values when all are larger together than 24 MiB.',
    bytes(/how many are not there after \d values of 16 MiB: expected 0, saw/),
    evicting(({ record }) => record?.state === 'completed' && record.value.length > 1_000),
  ),
  broken(
    'room-made-by-dropping-claims',
    'Drops claims when the values are larger together than 24 MiB.',
    bytes(/a claim, after \d values of 16 MiB: expected the holder's claim/),
    evicting(({ record }) => record?.state === 'claimed'),
  ),
  broken(
    'crossed-find',
    'Gives an answer of find to the caller who asked at the same time.',
    {
      'concurrency.many-at-once-in-find': /find number \d+ of \d+ at once .*: expected its answer/,
    },
    class extends Crossing {
      protected override doFind(
        ...[key, signal]: Parameters<ReferenceStore['doFind']>
      ): Promise<Uint8Array | null> {
        return super.doFind(this.crossed(key), signal);
      }
    },
  ),
  broken(
    'crossed-fingerprints',
    'Writes the fingerprint of the claim that came at the same time.',
    { 'concurrency.many-records': /are not there as they were: expected 0, saw/ },
    class extends ReferenceStore {
      #print: string | null = null;
      protected override doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const [key, token, lease, fingerprint, signal] = parts;
        const other = this.#print ?? fingerprint;
        this.#print = fingerprint;
        return super.doClaim(key, token, lease, other, signal);
      }
    },
  ),
  broken(
    'room-of-what-was-replaced',
    'Counts a value that replaces another beside the one that it replaces, for ever.',
    {
      'concurrency.room-comes-back': /IDEM_STORE_FULL: full/,
    },
    class extends ReferenceStore {
      #used = 0;
      protected override async doStore(...parts: Parameters<Store>): Promise<void> {
        this.#used += parts[1].length;
        if (this.#used > FULL) {
          throw new IdempotencyError('IDEM_STORE_FULL', 'full', { retryable: true });
        }
        await super.doStore(...parts);
      }
    },
  ),
  broken(
    'answers-by-position',
    'Asks once for each key that is asked for in a turn, and deals the answers out by position.',
    { 'concurrency.all-at-once': /find, among all the others at once: expected its own answer/ },
    class extends ReferenceStore {
      #asked: string[] = [];
      #answers: Promise<(Uint8Array | null)[]> | undefined;
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        const place = this.#asked.push(key) - 1;
        this.#answers ??= setImmediate().then(() => {
          const distinct = [...new Set(this.#asked)];
          this.#asked = [];
          this.#answers = undefined;
          return Promise.all(distinct.map((each) => super.doFind(each)));
        });
        const answers = await this.#answers;
        return answers[Math.min(place, answers.length - 1)] ?? null;
      }
    },
  ),
  broken(
    'five-hundred-lapses',
    'Remembers the last 500 claims that lapsed.',
    {
      'concurrency.many-that-end-are-all-owed':
        /of 1100 that lapsed, with a takeover owed: expected/,
    },
    class extends ReferenceStore {
      protected override isTakeover(row: Row): boolean {
        const lapsed = [...this.backend.rows.values()].filter(
          ({ record }) => record?.state === 'claimed' && this.isOver(record),
        );
        return super.isTakeover(row) && lapsed.indexOf(row) >= lapsed.length - 500;
      }
    },
  ),
  broken(
    'purges-with-each-completion',
    'Deletes, with each completion, whatever has ended by now, lapses of others too.',
    {
      'concurrency.many-at-once-in-complete': /a lapse of another key after complete: expected/,
      'concurrency.many-at-once-in-complete-again': /a lapse of another key after complete again/,
    },
    class extends ReferenceStore {
      protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
        const done = await super.doComplete(...parts);
        for (const [place, { record }] of this.backend.rows) {
          if (record !== undefined && this.isOver(record)) this.backend.rows.delete(place);
        }
        return done;
      }
    },
  ),
  broken(
    'numbers-of-one-byte',
    'Numbers its requests with a byte, and gives an answer to whoever has that number now.',
    { 'concurrency.hundreds-in-one-turn': /of 300 answers in one turn, those that are their own/ },
    class extends ReferenceStore {
      #number = 0;
      readonly #asked = new Map<number, string>();
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        const number = this.#number;
        this.#number = (number + 1) % 128;
        this.#asked.set(number, key);
        await this.travel();
        return super.doFind(this.#asked.get(number) ?? key);
      }
    },
  ),
  broken(
    'renewed-a-hundred-times',
    'Renews a claim a hundred times at the most.',
    { 'concurrency.many-times-on-one-key': /renew, again and again: expected no time .*, saw 101/ },
    class extends ReferenceStore {
      readonly #times = new Map<string, number>();
      protected override async doRenew(...parts: Parameters<Renew>): Promise<boolean> {
        const times = (this.#times.get(parts[1]) ?? 0) + 1;
        this.#times.set(parts[1], times);
        return times <= 100 && super.doRenew(...parts);
      }
    },
  ),
];
