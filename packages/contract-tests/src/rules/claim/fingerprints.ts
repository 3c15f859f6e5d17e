import { inspect } from 'node:util';
import { idOf, type Move } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { expectCompleted, expectHeld, together } from '../kit/steps.ts';

const { rule } = family('claim');

const VISIBLE: string = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join('');

/** What a fingerprint must not be changed for. */
const PRINTS: readonly string[] = [
  ...['!', VISIBLE, '~'.repeat(256), `${'a'.repeat(255)}A`, 'ABCdef', 'null', 'undefined', 'false'],
  ...[
    '0',
    '007',
    '1e3',
    '{}',
    '""',
    "it''s",
    '\\\\x61',
    '%20',
    '%s',
    '$1',
    '?',
    ':a',
    '&amp;',
    '-1',
  ],
];

const LONG_PRINT = 90;

type Keeping = Extract<Move, 'claim' | 'claim again' | 'renew' | 'complete'>;

/** The move by the holder, whose claim has that fingerprint. */
const ACTS: Readonly<
  Record<Keeping, (context: RuleContext, key: string, token: string) => Promise<unknown>>
> = {
  claim: async () => {},
  'claim again': ({ store }, key, token) => store.claim(key, { token, lease: 2 * LONG }),
  renew: ({ store }, key, token) => store.renew(key, token, 2 * LONG),
  complete: ({ store }, key, token) => store.complete(key, token, bytes('result'), LONG),
};

async function expectKept(
  context: RuleContext,
  move: Keeping,
  print: string,
  used = false,
): Promise<void> {
  const { store, expect } = context;
  const [key, token] = [context.key(), context.token()];
  if (used) {
    const earlier = context.token();
    await store.claim(key, { token: earlier, lease: LONG, fingerprint: 'earlier' });
    await store.release(key, earlier);
  }
  const what = `a fingerprint of ${print.length} characters after ${move}`;
  const claim = await store.claim(key, { token, lease: LONG, fingerprint: print });
  expect.acquired('the claim', claim);
  await ACTS[move](context, key, token);
  if (move === 'complete') await expectCompleted(context, what, key, bytes('result'), print);
  else await expectHeld(context, what, key, print);
  const seen = await store.inspect(key);
  const told = seen.state === 'vacant' ? null : seen.fingerprint;
  expect.same(`${what}, by inspect`, told, print);
}

const MOVES: readonly Keeping[] = ['claim', 'claim again', 'renew', 'complete'];

/** What a claim is told of the request is kept character for character, and told to whoever asks. */
export const fingerprintRules: readonly Rule[] = [
  ...MOVES.map((move) =>
    rule(
      `fingerprint-whole-after-${idOf(move)}`,
      `After ${move} the fingerprint of a claim is told character for character, in progress, with its result and by inspect.`,
      (context) =>
        together([
          ...PRINTS.map((print) => () => expectKept(context, move, print)),
          // A row that is there is written by another statement than one that is not.
          ...PRINTS.filter(({ length }) => length > LONG_PRINT).map(
            (print) => () => expectKept(context, move, print, true),
          ),
        ]),
      { proves: { property: 'fingerprints', moves: [move, 'inspect'] } },
    ),
  ),

  rule(
    'answers-tell-no-token',
    'No answer tells the token of the holder: neither that a key is in progress, nor its result, nor inspect.',
    async (context) => {
      const { store, expect } = context;
      const [key, token] = [context.key(), context.token()];
      const ask = (): Promise<unknown> => store.claim(key, { token: context.token(), lease: LONG });
      await store.claim(key, { token, lease: LONG });
      const answers: [string, unknown][] = [
        ['a claim of a held key', await ask()],
        ['inspect of a held key', await store.inspect(key)],
      ];
      await store.complete(key, token, bytes('result'), LONG);
      answers.push(['a claim of a completed key', await ask()]);
      answers.push(['inspect of a completed key', await store.inspect(key)]);
      for (const [what, answer] of answers) {
        const told = inspect(answer, { depth: 6, showHidden: true });
        expect.that(what, !told.includes(token), 'no token', answer);
      }
    },
  ),
];
