import { crc32 } from 'node:zlib';
import type { ClaimResult } from '@idem/core';
import { idOf, type Move } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import type { Claim, Release } from '../kit/parts.ts';
import { TracedStore } from '../kit/traced-store.ts';

const SAME: Readonly<Record<string, (token: string) => string>> = {
  'without case': (token) => token.toLowerCase(),
  'by the first 22 characters': (token) => token.slice(0, 22),
  'by the first 64 characters': (token) => token.slice(0, 64),
  'by the first 127 characters': (token) => token.slice(0, 127),
  'by its letters in any order': (token) => token.split('').toSorted().join(''),
  'by a hash of 32 bits': (token) => String(crc32(token)),
  'as a number where it is one': (token) => (/^\d+$/.test(token) ? String(Number(token)) : token),
  'by both its ends': (token) => token.slice(0, 32) + token.slice(-32),
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
  broken(
    'token-spent-once-released',
    'Takes a token that has released a key for one that may not claim it again.',
    { 'tokens.may-be-used-again': /after release: expected acquired/ },
    class extends TracedStore {
      readonly #spent = new Set<string>();
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const [key, token] = parts;
        if (!this.#spent.has(token)) return super.doClaim(...parts);
        return { outcome: 'in-progress', fingerprint: null, leaseRemaining: key.length };
      }
      protected override async doRelease(...parts: Parameters<Release>): Promise<boolean> {
        const released = await super.doRelease(...parts);
        if (released) this.#spent.add(parts[1]);
        return released;
      }
    },
  ),
];
