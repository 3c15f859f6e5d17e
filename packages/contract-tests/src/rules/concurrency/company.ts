import { setImmediate } from 'node:timers/promises';
import { within } from '../../engine/deadline.ts';
import { now } from '../../model/monotonic.ts';
import { idOf, type Move, moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { close } from '../kit/close.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { AFTER, BEFORE, found, situation } from '../kit/situations.ts';
import { acquire, together } from '../kit/steps.ts';

const concurrency = family('concurrency');
const lifecycle = family('lifecycle');
const cancellation = family('cancellation');

const AT_ONCE = 100;
const RECORDS = 1_200;
const CLOSING = 8;
/** In how many turns of the event loop an abort comes. */
const TURNS = [0, 1, 2, 3, 5];
/** Milliseconds after which no more records are made. */
const ENOUGH = 20_000;
/** Milliseconds in which an operation under way at `close` has ended. */
const PATIENCE = 20_000;

async function situations(move: Move, context: RuleContext, count: number) {
  return Promise.all(Array.from({ length: count }, () => situation(move, context)));
}

async function expectManyAtOnce(move: Move, context: RuleContext): Promise<void> {
  const { store, expect } = context;
  const all = await situations(move, context, AT_ONCE);
  const answers = await Promise.allSettled(all.map((each) => each.act(store)));
  for (const [i, answer] of answers.entries()) {
    const what = `${move} number ${i + 1} of ${AT_ONCE} at once on one client`;
    if (answer.status === 'rejected') expect.that(what, false, 'an answer', answer.reason);
    else expect.that(what, all[i]?.isRight(answer.value) === true, 'its answer', answer.value);
  }
}

async function expectEndsAtClose(move: Move, context: RuleContext): Promise<void> {
  const { expect } = context;
  const all = await situations(move, context, CLOSING);
  const client = await context.open();
  const underWay = all.map((each) =>
    each.act(client).then(
      (answer) => (each.isRight(answer) ? 'answered' : 'answered wrongly'),
      () => 'rejected',
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

async function expectWholeOrNot(move: Move, context: RuleContext, turns: number): Promise<void> {
  const { store, expect } = context;
  const each = await situation(move, context);
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

/** Moves in company: many at once, strangers at once, while the client closes, and given up. */
export const companyMatrix: readonly Rule[] = [
  ...moves.map((move) =>
    concurrency.rule(
      `many-at-once-in-${idOf(move)}`,
      `A hundred times ${move} at once on one client, on as many keys: each is answered as it would be alone.`,
      (context) => expectManyAtOnce(move, context),
      { proves: { property: 'load', moves: [move] } },
    ),
  ),

  concurrency.rule(
    'many-records',
    'However many keys there are, none is forgotten to make room: 1,200 results and claims are all there.',
    async (context) => {
      const { store, expect } = context;
      const token = context.token();
      const batches: string[][] = [];
      const end = now() + ENOUGH;
      while (batches.length * AT_ONCE < RECORDS && now() < end) {
        const batch = Array.from({ length: AT_ONCE }, () => context.key());
        const made = batch.map((key, i) =>
          i % 2 === 0
            ? store.store(key, bytes(key), LONG)
            : store.claim(key, { token, lease: LONG }),
        );
        await Promise.all<unknown>(made);
        batches.push(batch);
      }
      let lost = 0;
      for (const batch of batches) {
        const there = await Promise.all(
          batch.map((key, i) => (i % 2 === 0 ? store.exists(key) : store.renew(key, token, LONG))),
        );
        lost += there.filter((each) => !each).length;
      }
      const count = batches.length * AT_ONCE;
      expect.same(`how many of ${count} records are not there`, lost, 0);
      if (count < RECORDS) {
        throw new RuleSkipped(
          `the backend was too slow to be judged: it took ${count} records in ${ENOUGH / 1_000} s, and none was missing`,
        );
      }
    },
    { proves: { property: 'load', moves: ['store', 'claim'] } },
  ),

  concurrency.timed(
    'many-claims-keep-what-is-owed',
    'However many keys are claimed and released meanwhile, a lapse is remembered, and the fence of what was released.',
    async (context, time) => {
      const { store, expect } = context;
      const released = await acquire(context, context.key('released'));
      await store.release(released.key, released.token);
      const lapsed = context.key('lapsed');
      const { end } = await time.begin(time.short, () =>
        acquire(context, lapsed, { lease: time.short }),
      );
      await time.at(end);
      for (let round = 0; round < 3; round += 1) {
        const all = await situations('release', context, AT_ONCE);
        await Promise.all(all.map((each) => each.act(store)));
      }
      const next = await acquire(context, lapsed, { what: 'a claim of what had lapsed' });
      expect.same('its takeover', next.takeover, true);
      const { fence } = await acquire(context, released.key);
      const greater = fence > released.fence;
      expect.that('the fence after a release', greater, `more than ${released.fence}`, fence);
    },
    { proves: { property: 'load', moves: ['claim', 'release'] } },
  ),

  ...TOKENED.map((move) =>
    concurrency.rule(
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

  ...moves.map((move) =>
    lifecycle.rule(
      `close-under-${idOf(move)}`,
      `${move} that is under way at close ends, and what it answered is so.`,
      (context) => expectEndsAtClose(move, context),
      { proves: { property: 'closing', moves: [move] } },
    ),
  ),

  ...moves.map((move) =>
    cancellation.rule(
      `abort-in-${idOf(move)}`,
      `${move} that is aborted in flight happened whole or not at all: no claim is released by it, and none taken for another.`,
      (context) => together(TURNS.map((turns) => () => expectWholeOrNot(move, context, turns))),
      { proves: { property: 'aborting', moves: [move] } },
    ),
  ),
];
