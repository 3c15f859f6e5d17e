import { idOf, type Move } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire } from '../kit/steps.ts';

const { rule } = family('concurrency');

type Tokened = Extract<
  Move,
  'claim' | 'claim again' | 'complete' | 'complete again' | 'release' | 'renew'
>;

/** The holder and a stranger make the move at once on one client: each has an answer of its own. */
const APART: Readonly<
  Record<Tokened, (context: RuleContext, mineFirst: boolean) => Promise<void>>
> = {
  claim: async ({ store, expect, key: newKey, token }) => {
    const key = newKey();
    const [one, other] = await Promise.all(
      [token(), token()].map((token) => store.claim(key, { token, lease: LONG })),
    );
    const outcomes = [one?.outcome, other?.outcome].toSorted();
    expect.same('two claims at once on one client', outcomes, ['acquired', 'in-progress']);
  },
  'claim again': (context, mineFirst) =>
    apart(context, mineFirst, 'claim', ['acquired', 'in-progress'], async (key, token) => {
      return (await context.store.claim(key, { token, lease: LONG })).outcome;
    }),
  complete: (context, mineFirst) =>
    apart(context, mineFirst, 'complete', [true, false], (key, token) =>
      context.store.complete(key, token, bytes(token), LONG),
    ),
  'complete again': async (context, mineFirst) => {
    const { key, token } = await acquire(context, context.key());
    await context.store.complete(key, token, bytes('result'), LONG);
    await apart(
      context,
      mineFirst,
      'a repeated complete',
      [true, false],
      (_key, by) => context.store.complete(key, by, bytes('again'), LONG),
      { key, token },
    );
  },
  release: (context, mineFirst) =>
    apart(context, mineFirst, 'release', [true, false], (key, token) =>
      context.store.release(key, token),
    ),
  renew: (context, mineFirst) =>
    apart(context, mineFirst, 'renew', [true, false], (key, token) =>
      context.store.renew(key, token, LONG),
    ),
};

async function apart(
  context: RuleContext,
  mineFirst: boolean,
  what: string,
  answers: readonly [mine: unknown, theirs: unknown],
  act: (key: string, token: string) => Promise<unknown>,
  given?: { readonly key: string; readonly token: string },
): Promise<void> {
  const { key, token } = given ?? (await acquire(context, context.key()));
  const stranger = context.token();
  const both = await Promise.all(
    (mineFirst ? [token, stranger] : [stranger, token]).map((by) => act(key, by)),
  );
  const [mine, theirs] = mineFirst ? both : both.toReversed();
  context.expect.same(`${what} by the holder, with a stranger's at once`, mine, answers[0]);
  context.expect.same(`${what} by the stranger, with the holder's at once`, theirs, answers[1]);
}

const TOKENED: readonly Tokened[] = [
  ...(['claim', 'claim again', 'complete', 'complete again', 'release', 'renew'] as const),
];

/** Two callers of one client, at once: neither is given the other's answer. */
export const apartRules: readonly Rule[] = [
  ...TOKENED.map((move) =>
    rule(
      `apart-in-${idOf(move)}`,
      `${move} by two callers at once on one client and key: each is answered for its own token.`,
      async (context) => {
        for (let round = 0; round < 5; round += 1) {
          await APART[move](context, true);
          await APART[move](context, false);
        }
      },
      { proves: { property: 'apart', moves: [move] } },
    ),
  ),
];
