import { type ClaimResult, IdempotencyError } from '@idem/core';
import { idOf, type Move, moves } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import type { Begin } from '../kit/parts.ts';
import { ReferenceStore, type Row } from '../kit/reference-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

const BUSY = 33;
const ROOM = 1_000;

/** Turns away what comes while 33 of the move are under way. */
function refusing(move: Move): typeof TracedStore {
  return class extends TracedStore {
    #underWay = 0;
    protected override async travel(): Promise<void> {
      if (!this.during(move)) return super.travel();
      if (this.#underWay >= BUSY) throw new IdempotencyError('IDEM_STORE_BUSY', 'too many at once');
      this.#underWay += 1;
      await super.travel().finally(() => {
        this.#underWay -= 1;
      });
    }
  };
}

/** Answers whoever asks while the same move is under way on the key what that one is answered. */
function coalescing(moves: readonly Move[]): typeof TracedStore {
  return class extends TracedStore {
    readonly #underWay = new Map<string, Promise<unknown>>();
    protected override as<T>(current: Move, work: () => T, key: string): T {
      if (!moves.includes(current)) return super.as(current, work, key);
      const known = this.#underWay.get(key);
      if (known !== undefined) return known as T;
      const mine = super.as(current, work, key);
      if (!(mine instanceof Promise)) return mine;
      this.#underWay.set(key, mine);
      mine.finally(() => this.#underWay.delete(key));
      return mine;
    }
  };
}

/** Undoes at close what the move did a moment ago and was answered, or answers nothing to a question. */
function undoing(move: Move): typeof TracedStore {
  return class extends TracedStore {
    readonly #undo = new Set<() => void>();
    #closed = false;
    protected override as<T>(current: Move, work: () => T, key: string): T {
      if (current !== move) return super.as(current, work, key);
      const row = this.row(key);
      const { record } = row;
      this.#undo.add(() => {
        row.record = record === undefined ? undefined : { ...record, end: this.now() };
      });
      const done = super.as(current, work, key);
      if (!(done instanceof Promise)) return done;
      return done.then((answer) => (this.#closed ? this.#nothing(answer) : answer)) as T;
    }
    #nothing(answer: unknown): unknown {
      return ['find', 'exists', 'inspect'].includes(move) ? null : answer;
    }
    protected override async doClose(): Promise<void> {
      this.#closed = true;
      await super.doClose();
      for (const undo of this.#undo) undo();
    }
  };
}

const lapsed = {
  ...({ state: 'claimed', token: 'of-nobody', fingerprint: null, takeover: false } as const),
  since: 0,
};

/** Ends what is at the key when the move is aborted, and leaves a lapse where there is nothing. */
function ending(move: Move): typeof TracedStore {
  return class extends TracedStore {
    #signal: AbortSignal | undefined;
    protected override async travel(signal?: AbortSignal): Promise<void> {
      if (this.during(move)) this.#signal = signal;
      await super.travel(signal);
    }
    protected override row(key: string): Row {
      const row = super.row(key);
      const signal = this.#signal;
      if (!this.during(move) || signal === undefined) return row;
      this.#signal = undefined;
      const end = (): void => {
        setImmediate(() => {
          row.record = { ...(row.record ?? lapsed), end: this.now() };
        });
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
      return row;
    }
  };
}

const APART: readonly Move[] = [
  ...(['claim', 'complete', 'complete again', 'release', 'renew'] as const),
];

/** Mistakes that show in company, in one move each. */
export const companyMistakes: readonly BrokenStore[] = [
  ...moves.map((move) =>
    broken(
      `thirty-three-at-once-in-${idOf(move)}`,
      `Refuses ${move} while 33 of it are under way on the client.`,
      { [`concurrency.many-at-once-in-${idOf(move)}`]: /of \d+ at once on one client: expected/ },
      refusing(move),
    ),
  ),
  ...APART.map((move) =>
    broken(
      `coalesced-${idOf(move)}`,
      `Answers two callers of ${move} on one key at once with one answer.`,
      {
        [`concurrency.apart-in-${idOf(move)}`]: /at once.*: expected/,
        ...(move === 'claim' && { 'concurrency.apart-in-claim-again': /at once.*: expected/ }),
      },
      coalescing(move === 'claim' ? ['claim', 'claim again'] : [move]),
    ),
  ),
  ...moves.map((move) =>
    broken(
      `undone-at-close-${idOf(move)}`,
      `Undoes at close what ${move} did and was answered, or answers nothing.`,
      { [`lifecycle.close-under-${idOf(move)}`]: /under way at close, .*: expected/ },
      undoing(move),
    ),
  ),
  ...moves.map((move) =>
    broken(
      `ended-by-an-abort-in-${idOf(move)}`,
      `Ends what is at the key when ${move} is aborted.`,
      { [`cancellation.abort-in-${idOf(move)}`]: /was aborted in turn \d: expected the key/ },
      ending(move),
    ),
  ),
  broken(
    'prunes-what-is-owed',
    'Deletes, with each claim, rows that have ended, and with them the lapse that the next claim is owed.',
    { 'concurrency.many-claims-keep-what-is-owed': /its takeover: expected true, saw false/ },
    class extends ReferenceStore {
      protected override begin(...parts: Parameters<Begin>): ClaimResult {
        for (const [name, row] of this.backend.rows) {
          const over = row.record !== undefined && this.isOver(row.record);
          if (over && row !== parts[0]) this.backend.rows.delete(name);
        }
        return super.begin(...parts);
      }
    },
  ),
  broken(
    'a-thousand-records',
    'Keeps the last thousand keys, and drops older ones to make room.',
    { 'concurrency.many-records': /how many of \d+ records are not there .*: expected 0, saw/ },
    class extends ReferenceStore {
      protected override row(key: string): Row {
        const { rows } = this.backend;
        const row = super.row(key);
        const [oldest] = rows.keys();
        if (rows.size > ROOM && oldest !== undefined) rows.delete(oldest);
        return row;
      }
    },
  ),
];
