import type { ClaimResult, Inspection } from '@idem/core';
import { idOf, type Move, moves } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import type { Begin } from '../kit/parts.ts';
import { type Claimed, type Completed, ReferenceStore, type Row } from '../kit/reference-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

const [start, zero] = [Date.now(), process.hrtime.bigint()];

/** How far the clock of this process, once that was made wrong, is from the backend's. */
function skew(backend: number): number {
  const right = start + Number(process.hrtime.bigint() - zero) / 1e6;
  return Math.abs(Date.now() - right) < 60_000 ? 0 : Date.now() - backend;
}

const clocks = moves.map((move) =>
  broken(
    `clients-clock-in-${idOf(move)}`,
    `Goes by the client's clock in ${move}, and by the backend's elsewhere.`,
    { [`expiry.clients-clock-in-${idOf(move)}`]: /with a clock 30 hours (fast|slow).*: expected/ },
    class extends TracedStore {
      protected override now(): number {
        const now = super.now();
        return now + (this.during(move) ? skew(now) : 0);
      }
    },
  ),
);

const CUTS: Readonly<Record<string, (duration: number) => number>> = {
  'in 32 bits': (duration) => duration | 0,
  'in 32 bits without a sign': (duration) => duration >>> 0,
  'of 24 days at most': (duration) => Math.min(duration, 2 ** 31 - 1),
  'of a year at most': (duration) => Math.min(duration, 365 * 86_400_000),
};

const LEASED: readonly Move[] = ['claim', 'claim again', 'renew'];

const LASTING: readonly Move[] = ['store', 'claim', 'claim again', 'complete', 'renew'];

const lengths = LASTING.flatMap((move) =>
  Object.entries(CUTS).map(([how, cut]) =>
    broken(
      `times-${how.replaceAll(' ', '-')}-in-${idOf(move)}`,
      `Keeps times ${how} in ${move}, and whole elsewhere.`,
      { [`expiry.long-in-${idOf(move)}`]: /for \d+ ms.*: expected/ },
      class extends TracedStore {
        protected override endOf(duration: number): number {
          return super.endOf(this.during(move) ? cut(duration) : duration);
        }
      },
    ),
  ),
);

const held = LEASED.map((move) =>
  broken(
    `held-for-in-32-bits-by-${idOf(move)}`,
    `Tells heldFor in 32 bits, of a lease that ${move} gave.`,
    { [`expiry.long-in-${idOf(move)}`]: /heldFor: .* in its last millisecond: expected/ },
    class extends TracedStore {
      readonly #given = new WeakMap<Row, Move>();
      protected override as<T>(current: Move, work: () => T, key: string): T {
        if (LEASED.includes(current)) this.#given.set(this.row(key), current);
        return super.as(current, work, key);
      }
      protected override heldBy(row: Row, record: Claimed): Inspection {
        const told = super.heldBy(row, record);
        if (told.state !== 'claimed' || this.#given.get(row) !== move) return told;
        return { ...told, heldFor: Math.max(0, told.heldFor | 0) };
      }
    },
  ),
);

/** Mistakes about time, in one move each. */
export const timeMatrix: readonly BrokenStore[] = [
  ...clocks,
  ...lengths,
  ...held,
  broken(
    'held-since-the-clients-clock',
    'Dates a claim by the clock of the client that made it.',
    { 'expiry.clients-clock-in-claim': /heldFor of a lease begun with .*: expected/ },
    class extends ReferenceStore {
      protected override begin(...parts: Parameters<Begin>): ClaimResult {
        const result = super.begin(...parts);
        const { record } = parts[0];
        if (record?.state === 'claimed') {
          parts[0].record = { ...record, since: record.since + skew(this.now()) };
        }
        return result;
      }
    },
  ),
  broken(
    'remainders-by-the-clients-clock',
    'Reckons what is left by the clock of the client that looks.',
    { 'expiry.clients-clock-in-inspect': /inspect with a clock 30 hours .*: expected times/ },
    class extends ReferenceStore {
      protected override resultOf(record: Completed): Inspection {
        const told = super.resultOf(record);
        if (told.state !== 'completed') return told;
        return { ...told, ttlRemaining: Math.max(1, told.ttlRemaining - skew(this.now())) };
      }
    },
  ),
];
