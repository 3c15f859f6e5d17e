import { idOf, type Move, moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { AFTER, found, type Situation, situations, strange } from '../kit/situations.ts';

const { rule } = family('concurrency');

const AT_ONCE = 100;
/** One in how many is asked by a stranger, and looked at afterwards. */
const OTHER = 7;

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

/** Many at once on one client. */
export const loadRules: readonly Rule[] = [
  ...moves.map((move) =>
    rule(
      `many-at-once-in-${idOf(move)}`,
      `A hundred times ${move} at once on one client, on as many keys: each is answered as it would be alone.`,
      (context) => expectManyAtOnce(move, context),
      { proves: { property: 'load', moves: [move] } },
    ),
  ),
];
