import { setImmediate } from 'node:timers/promises';
import { idOf, type Move, moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { AFTER, BEFORE, found, situation } from '../kit/situations.ts';
import { together } from '../kit/steps.ts';

const { rule } = family('cancellation');

/** In how many turns of the event loop an abort comes. */
const TURNS = [0, 1, 2, 3, 5];

async function expectWholeOrNot(move: Move, context: RuleContext, turns: number): Promise<void> {
  const { store, expect } = context;
  const each = await situation(move, context, { large: turns % 3 === 1 });
  const controller = new AbortController();
  const pending = each.act(store, { signal: controller.signal }).catch(() => undefined);
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  controller.abort(new Error('gone'));
  await pending;
  // What was given up may still take effect, and must do nothing else then either.
  for (let asked = 0; asked < 3; asked += 1) {
    const state = await found(context, each);
    const right = state === AFTER[move] || state === BEFORE[move];
    const expected = `the key ${[...new Set([BEFORE[move], AFTER[move]])].join(' or ')}`;
    expect.that(`after ${move} was aborted in turn ${turns}`, right, expected, state);
    if (!right) return;
    await setImmediate();
  }
}

/** Whoever asks the same in the same turn, of the same key and of another, without a signal or with one of its own. */
async function expectOthersAnswered(
  move: Move,
  context: RuleContext,
  turns: number,
): Promise<void> {
  const { store, expect } = context;
  const [each, other] = [await situation(move, context), await situation(move, context)];
  const controller = new AbortController();
  const unused = { signal: new AbortController().signal };
  const given = each.act(store, { signal: controller.signal }).catch(() => undefined);
  // Of two releases at once one is told that it released nothing.
  const own = move === 'release' ? [] : [each.act(store), each.act(store, unused)];
  const beside = [...own, other.act(store, unused)];
  const answers = Promise.allSettled(beside);
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  controller.abort(new Error('gone'));
  await given;
  for (const answer of await answers) {
    const value = answer.status === 'fulfilled' ? answer.value : answer.reason;
    const right = answer.status === 'fulfilled' && (each.isRight(value) || other.isRight(value));
    expect.that(`${move} beside one that was aborted`, right, 'its answer', value);
  }
}

/** Each move, given up while it is under way. */
export const abortedRules: readonly Rule[] = [
  rule(
    'abort-leaves-the-others',
    'An abort ends the one operation that it was given to: who asks the same in the same turn, of that key or of another, is answered.',
    (context) =>
      together(
        moves.flatMap((move) =>
          [0, 1].map((turns) => () => expectOthersAnswered(move, context, turns)),
        ),
      ),
  ),

  ...moves.map((move) =>
    rule(
      `abort-in-${idOf(move)}`,
      `${move} that is aborted in flight happened whole or not at all: no claim is released by it, and none taken for another.`,
      (context) => together(TURNS.map((turns) => () => expectWholeOrNot(move, context, turns))),
      { proves: { property: 'aborting', moves: [move] } },
    ),
  ),
];
