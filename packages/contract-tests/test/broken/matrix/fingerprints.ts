import type { ClaimResult, Inspection } from '@idem/core';
import { idOf, type Move } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import type { Conflict, Inspect } from '../kit/parts.ts';
import { ReferenceStore } from '../kit/reference-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

type Change = (fingerprint: string) => string | null;

const CHANGES: Readonly<Record<string, Change>> = {
  'cut at 255': (fingerprint) => fingerprint.slice(0, 255),
  'in lower case': (fingerprint) => fingerprint.toLowerCase(),
  'as a number': (fingerprint) =>
    Number.isNaN(Number(fingerprint)) ? fingerprint : String(Number(fingerprint)),
  'null where it says so': (fingerprint) => (fingerprint === 'null' ? null : fingerprint),
  unescaped: (fingerprint) => fingerprint.replaceAll("''", "'"),
};

const KEEPING: readonly Move[] = ['claim', 'claim again', 'renew', 'complete'];

/** Has the fingerprint changed once the move was made. */
function changedBy(move: Move, change: Change): typeof TracedStore {
  return class extends TracedStore {
    protected override as<T>(current: Move, work: () => T, key: string): T {
      const done = super.as(current, work, key);
      if (current !== move || !(done instanceof Promise)) return done;
      return done.then((answer: unknown) => {
        const row = this.row(key);
        const print = row.record?.fingerprint ?? null;
        if (row.record !== undefined && print !== null) {
          row.record = { ...row.record, fingerprint: change(print) };
        }
        return answer;
      }) as T;
    }
  };
}

/** Mistakes with fingerprints, in one move each. */
export const fingerprintMatrix: readonly BrokenStore[] = [
  ...KEEPING.flatMap((move) =>
    Object.entries(CHANGES).map(([how, change]) =>
      broken(
        `fingerprint-${how.replaceAll(' ', '-')}-by-${idOf(move)}`,
        `Has a fingerprint ${how} once ${move} was made.`,
        { [`claim.fingerprint-whole-after-${idOf(move)}`]: /a fingerprint of \d+ .*: expected/ },
        changedBy(move, change),
      ),
    ),
  ),
  ...Object.entries(CHANGES).map(([how, change]) =>
    broken(
      `fingerprint-${how.replaceAll(' ', '-')}-by-inspect`,
      `Tells a fingerprint ${how} by inspect.`,
      { 'claim.fingerprint-whole-after-claim': /, by inspect: expected/ },
      class extends ReferenceStore {
        protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
          const seen = await super.doInspect(...parts);
          if (seen.state === 'vacant' || seen.fingerprint === null) return seen;
          return { ...seen, fingerprint: change(seen.fingerprint) };
        }
      },
    ),
  ),
  broken(
    'token-in-an-answer',
    'Answers the whole record to whoever asks for a key that is held.',
    { 'claim.answers-tell-no-token': /a claim of a held key: expected no token/ },
    class extends ReferenceStore {
      protected override conflict(...parts: Parameters<Conflict>): ClaimResult {
        return { ...parts[1], ...super.conflict(...parts) };
      }
    },
  ),
];
