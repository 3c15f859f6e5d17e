import { idOf, type Move, moves } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

const [start, zero] = [Date.now(), process.hrtime.bigint()];

/** How far the clock of this process is from what it was: what a wrong clock adds. */
function skew(): number {
  const right = start + Number(process.hrtime.bigint() - zero) / 1e6;
  const wrong = Date.now() - right;
  return Math.abs(wrong) < 60_000 ? 0 : wrong;
}

const clocks = moves.map((move) =>
  broken(
    `clients-clock-in-${idOf(move)}`,
    `Goes by the client's clock in ${move}, and by the backend's elsewhere.`,
    { [`expiry.clients-clock-in-${idOf(move)}`]: /with a clock 30 hours (fast|slow).*: expected/ },
    class extends TracedStore {
      protected override now(): number {
        return super.now() + (this.during(move) ? skew() : 0);
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

/** Mistakes about time, in one move each. */
export const timeMatrix: readonly BrokenStore[] = [...clocks, ...lengths];
