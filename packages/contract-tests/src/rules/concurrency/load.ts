import { idOf, type Move, moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { AFTER, found, type Situation, situations, strange } from '../kit/situations.ts';

const { rule } = family('concurrency');

const AT_ONCE = 100;
/** One in how many is asked by a stranger, and looked at afterwards. */
const OTHER = 7;
const ROUNDS = 4;

async function expectManyAtOnce(move: Move, context: RuleContext): Promise<void> {
  const { store, expect } = context;
  const all = await situations(move, context, AT_ONCE);
  const asked = all.flatMap((each, i) => withStrange(move, context, each, i));
  const answers = await Promise.allSettled(asked.map((each) => each.act(store)));
  for (const [i, answer] of answers.entries()) {
    const what = `${move} number ${i + 1} of ${asked.length} at once on one client`;
    if (answer.status === 'rejected') expect.that(what, false, 'an answer', answer.reason);
    else expect.that(what, asked[i]?.isRight(answer.value) === true, 'its answer', answer.value);
  }
  for (const [i, each] of all.entries()) {
    if (i % OTHER !== 0) continue;
    const state = await found(context, each);
    expect.that(`what ${move} number ${i + 1} left`, state === AFTER[move], AFTER[move], state);
  }
}

/** Some are asked by a stranger too: one that is answered for another shows. */
function withStrange(move: Move, context: RuleContext, own: Situation, i: number): Situation[] {
  const other = i % OTHER === OTHER - 1 ? strange(move, context, own) : undefined;
  return other === undefined ? [own] : [other, own];
}

/** Moves that are answered alike when they are made again. */
const AGAIN: readonly Move[] = moves.filter((move) => move !== 'release');
const EACH = 3;

/** All moves in one turn, of few keys each and some of them twice or three times, in an order of chance. */
async function expectMixed(context: RuleContext): Promise<void> {
  const { store, expect, random } = context;
  const calls: (readonly [move: Move, at: Situation])[] = [];
  for (const move of moves) {
    for (const [i, each] of (await situations(move, context, EACH)).entries()) {
      const times = AGAIN.includes(move) ? 1 + random(EACH) : 1;
      for (let time = 0; time < times; time += 1) calls.push([move, each]);
      const other = i === 0 ? strange(move, context, each) : undefined;
      if (other !== undefined) calls.push([move, other]);
    }
  }
  const drawn = calls
    .map((call) => ({ call, at: random(1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ call }) => call);
  const answers = await Promise.allSettled(drawn.map(([, at]) => at.act(store)));
  for (const [i, [move, at]] of drawn.entries()) {
    const answer = answers[i];
    const value = answer?.status === 'fulfilled' ? answer.value : answer?.reason;
    const right = answer?.status === 'fulfilled' && at.isRight(value);
    expect.that(`${move}, among all the others at once`, right, 'its own answer', value);
  }
}

/** Many at once on one client. */
export const loadRules: readonly Rule[] = [
  rule(
    'all-at-once',
    'All operations in one turn of one client, of the same keys and of others, some asked twice: each is answered as it would be alone.',
    async (context) => {
      for (let round = 0; round < ROUNDS && context.expect.faults.length === 0; round += 1) {
        await expectMixed(context);
      }
    },
  ),

  ...moves.map((move) =>
    rule(
      `many-at-once-in-${idOf(move)}`,
      `A hundred times ${move} at once on one client, on as many keys: each is answered as it would be alone.`,
      (context) => expectManyAtOnce(move, context),
      { proves: { property: 'load', moves: [move] } },
    ),
  ),
];
