import { idOf, type Move } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

const SAME: Readonly<Record<string, (token: string) => string>> = {
  'without case': (token) => token.toLowerCase(),
  'by the first 22 characters': (token) => token.slice(0, 22),
  'by the first 64 characters': (token) => token.slice(0, 64),
  'by the first 127 characters': (token) => token.slice(0, 127),
  'without - and _': (token) => token.replace(/[-_]/g, ''),
};

const MOVES: readonly Move[] = ['claim', 'complete', 'complete again', 'release', 'renew'];

/** Every inexact comparison of tokens, in one move each. */
export const tokenMatrix: readonly BrokenStore[] = [
  ...MOVES.flatMap((move) =>
    Object.entries(SAME).map(([how, same]) =>
      broken(
        `token-${how.replaceAll(' ', '-')}-in-${idOf(move)}`,
        `Compares tokens ${how} in ${move}, and whole elsewhere.`,
        { [`tokens.exact-in-${idOf(move)}`]: /differs .*: expected/ },
        class extends TracedStore {
          protected override isToken(held: string | null, token: string): boolean {
            if (!this.during(move)) return super.isToken(held, token);
            return held !== null && same(held) === same(token);
          }
        },
      ),
    ),
  ),
  broken(
    'token-cut-where-it-is-kept',
    'Keeps 64 characters of a token and compares them with the whole one.',
    { 'tokens.exact-in-claim-again': /repeated by a token .*: expected "acquired"/ },
    class extends TracedStore {
      protected override isToken(held: string | null, token: string): boolean {
        return held?.slice(0, 64) === token;
      }
    },
  ),
];
