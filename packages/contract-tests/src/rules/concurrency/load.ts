import { isAbsent } from '../../harness.ts';
import { idOf, type Move, moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { AFTER, found, type Situation, situations, strange } from '../kit/situations.ts';

const { rule } = family('concurrency');

const AT_ONCE = 100;
/** One in how many is asked by a stranger, and looked at afterwards. */
const OTHER = 7;
const ROUNDS = 4;
/** Claims of other keys that lapse before. */
const LAPSES = 5;
const HUNDREDS = 150;

/** Claims of other keys that have lapsed, and are owed; none where the clock cannot be asked. */
async function lapses({ harness, store, key, token }: RuleContext): Promise<readonly string[]> {
  const { clock } = harness;
  if (isAbsent(clock)) return [];
  const keys = Array.from({ length: LAPSES }, () => key('lapsed'));
  await Promise.all(keys.map((each) => store.claim(each, { token: token(), lease: 1 })));
  await clock.reach((await clock.now()) + 1 + ROUNDING);
  return keys;
}

async function expectManyAtOnce(move: Move, context: RuleContext): Promise<void> {
  const { store, expect } = context;
  const lapsed = await lapses(context);
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
  for (const key of lapsed) {
    const owed = { state: 'vacant', takeover: true };
    expect.same(`a lapse of another key after ${move}`, await store.inspect(key), owed);
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

/** Hundreds of finds and looks in one turn, each of a record of its own: more than a byte can number. */
async function expectHundreds({ store, expect, key, token }: RuleContext): Promise<void> {
  const keys = Array.from({ length: HUNDREDS }, () => ({
    stored: key('stored'),
    held: key('held'),
  }));
  await Promise.all(
    keys.flatMap(({ stored, held }): Promise<unknown>[] => [
      store.store(stored, bytes(stored), LONG),
      store.claim(held, { token: token(), lease: LONG, fingerprint: held }),
    ]),
  );
  const own = await Promise.all(
    keys.flatMap(({ stored, held }) => [
      store.find(stored).then((value) => value !== null && text(value) === stored),
      store.inspect(held).then((seen) => seen.state === 'claimed' && seen.fingerprint === held),
    ]),
  );
  const right = own.filter((each) => each).length;
  expect.same(`of ${own.length} answers in one turn, those that are their own`, right, own.length);
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value);
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

  rule(
    'hundreds-in-one-turn',
    'Hundreds of operations in one turn of one client, each of a key of its own, are answered each by what is its own.',
    expectHundreds,
  ),

  ...moves.map((move) =>
    rule(
      `many-at-once-in-${idOf(move)}`,
      `A hundred times ${move} at once on one client, on as many keys: each is answered as it would be alone, and what lapsed elsewhere stays owed.`,
      (context) => expectManyAtOnce(move, context),
      { proves: { property: 'load', moves: [move] } },
    ),
  ),
];
