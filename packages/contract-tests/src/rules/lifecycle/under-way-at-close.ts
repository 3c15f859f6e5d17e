import { isIdempotencyError } from '@idem/core';
import { within } from '../../engine/deadline.ts';
import { idOf, type Move, moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { close } from '../kit/close.ts';
import { family } from '../kit/family.ts';
import { AFTER, BEFORE, found, situations } from '../kit/situations.ts';

const { rule } = family('lifecycle');

const CLOSING = 8;
/** Milliseconds in which an operation under way at `close` has ended. */
const PATIENCE = 20_000;

async function expectEndsAtClose(move: Move, context: RuleContext): Promise<void> {
  const { expect } = context;
  const all = await situations(move, context, CLOSING);
  const client = await context.open();
  const underWay = all.map((each) =>
    each.act(client).then(
      (answer) => (each.isRight(answer) ? 'answered' : 'answered wrongly'),
      (error: unknown) => {
        const coded = isIdempotencyError(error);
        expect.that(`${move} under way at close`, coded, 'an answer, or an error by code', error);
        return 'rejected';
      },
    ),
  );
  const late = (): Error => new Error(`${move} under way at close has not ended`);
  const closing = close(context, 'close with operations under way', client);
  const [ends] = await within(PATIENCE, Promise.all([Promise.all(underWay), closing]), late);
  const states = await Promise.all(all.map((each) => found(context, each)));
  for (const [i, end] of ends.entries()) {
    const state = states[i] ?? 'something else';
    const allowed = end === 'rejected' ? [AFTER[move], BEFORE[move]] : [AFTER[move]];
    const right = end !== 'answered wrongly' && allowed.includes(state);
    const expected = `the key ${allowed.join(' or ')}`;
    expect.that(`${move} under way at close, ${end}`, right, expected, state);
  }
}

/** Each move, under way while its client closes. */
export const closingRules: readonly Rule[] = [
  ...moves.map((move) =>
    rule(
      `close-under-${idOf(move)}`,
      `${move} that is under way at close ends, by an answer that is so or by an error with a code.`,
      (context) => expectEndsAtClose(move, context),
      { proves: { property: 'closing', moves: [move] } },
    ),
  ),
];
