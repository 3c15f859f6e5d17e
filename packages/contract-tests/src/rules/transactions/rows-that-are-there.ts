import type { Inspection } from '@idem/core';
import { isIdempotencyError } from '@idem/core';
import type { Rule } from '../../rule.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, acquireAndComplete } from '../kit/steps.ts';
import type { Timeline } from '../kit/timeline.ts';
import { Beside } from '../kit/transactions/beside.ts';
import { family } from '../kit/transactions/family.ts';
import { lacks, RESULT } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { rule, timed } = family('transactions');

const DAY = 86_400_000;
/** What 31 and 32 bits of milliseconds cannot hold, and the longest time there is. */
const LONGEST = [25 * DAY, 50 * DAY, 3_652 * DAY];

/** Keys at which something is, or was, of each kind; with a short time of its own, which has ended where that matters. */
async function keysOf(context: Transacting, time: Timeline): Promise<Map<string, string>> {
  const { store, key: newKey } = context;
  const keys = new Map<string, string>();
  const put = (what: string, key: string): Map<string, string> => keys.set(what, key);
  const stored = newKey('stored');
  await store.store(stored, bytes('old'), LONG);
  put('what was stored', stored);
  put('a result', (await acquireAndComplete(context, newKey('result'), bytes('old'))).key);
  put('a claim', (await acquire(context, newKey('claim'))).key);
  const released = await acquire(context, newKey('released'));
  await store.release(released.key, released.token);
  put('what was released', released.key);
  const removed = await acquire(context, newKey('removed'));
  await store.remove(removed.key);
  put('what was removed', removed.key);
  put('a vacant key', newKey('vacant'));
  const [expired, lapsed] = [newKey('expired'), newKey('lapsed')];
  const { end } = await time.begin(1, async () => {
    await store.store(expired, bytes('old'), 1);
    await acquire(context, lapsed, { lease: 1 });
  });
  await time.at(end);
  put('what has expired', expired);
  put('what has lapsed', lapsed);
  return keys;
}

function leftOf(seen: Inspection): number {
  return seen.state === 'completed' ? seen.ttlRemaining : 0;
}

/** What is recorded in a transaction over what is there, and beside one where nothing is yet. */
export const rowsThatAreThereRules: readonly Rule[] = [
  timed(
    'store-inside-over-anything',
    'What store puts in a transaction over a record of any kind, live or over, is whole: its value, and its ttl from store on, no longer and no shorter.',
    async (context, time) => {
      const { store, expect, clock } = context;
      const keys = await keysOf(context, time);
      const tx = await context.begin();
      await tx.effect(context.key('effect'));
      const put = tx.bound.store?.bind(tx.bound) ?? lacks('store');
      await time.pass(time.short);
      const ttl = 10 * LONG;
      const asked = await clock.now();
      for (const key of keys.values()) await put(key, bytes('new'), ttl);
      const done = await clock.now();
      await tx.commit();
      for (const [what, key] of keys) {
        expect.same(`find of what was stored over ${what}`, await store.find(key), bytes('new'));
        const before = await clock.now();
        const left = leftOf(await store.inspect(key));
        const [least, most] = [asked + ttl - (await clock.now()), done + ttl - before];
        const slack = 2 * ROUNDING;
        const right = left >= least - slack && left <= most + slack;
        expect.that(`its ttl over ${what}`, right, `${Math.round(least)} ms`, left);
      }
    },
    { proves: { property: 'moment', moves: ['store'] } },
  ),

  rule(
    'long-times-inside',
    'complete and store in a transaction take ttls of weeks and of ten years as they take short ones.',
    async (context) => {
      const { store, expect } = context;
      const kept: [string, string, number][] = [];
      // Before the transaction: where there is one writer, nobody else writes while it is open.
      const holders = [];
      for (const _ttl of LONGEST) holders.push(await acquire(context, context.key('completed')));
      const tx = await context.begin();
      for (const [i, { key, token }] of holders.entries()) {
        const ttl = LONGEST[i] ?? LONG;
        const done = await tx.bound.complete(key, token, RESULT, ttl);
        expect.same(`complete with a ttl of ${ttl} ms`, done, true);
        kept.push(['complete', key, ttl]);
        if (tx.bound.store === undefined) continue;
        const stored = context.key('stored');
        await tx.bound.store(stored, RESULT, ttl);
        kept.push(['store', stored, ttl]);
      }
      await tx.commit();
      for (const [what, key, ttl] of kept) {
        const left = leftOf(await store.inspect(key));
        const right = left > ttl - DAY && left <= ttl + ROUNDING;
        expect.that(`what is left of ${what} with ${ttl} ms`, right, 'nearly all of it', left);
        await store.remove(key);
      }
    },
  ),

  ...(['claim', 'store'] as const).map((move) =>
    timed(
      `waited-${move}-of-a-fresh-key`,
      `A ${move} of a key that nobody has used, which waited for a transaction that stored there and was rolled back, lasts as long as it asked for from then.`,
      async (context, time) => {
        const { store, expect, clock } = context;
        const [key, token] = [context.key('fresh'), context.token()];
        const tx = await context.begin();
        await (tx.bound.store?.(key, RESULT, LONG) ?? lacks('store'));
        const lasts = 2 * time.short;
        const sent = await Beside.send<unknown>(() =>
          move === 'claim'
            ? store.claim(key, { token, lease: lasts })
            : store.store(key, bytes('stored'), lasts),
        );
        await time.pass(lasts + ROUNDING);
        const waited = sent.waits;
        const now = await clock.now();
        await tx.rollback();
        await sent.whenOver();
        if (!waited) return;
        const earliest = Math.floor(now) + lasts - (time.driven ? 0 : ROUNDING);
        const seen = await time.before({ earliest, latest: earliest }, () => store.inspect(key));
        const state = move === 'claim' ? 'claimed' : 'completed';
        expect.same(`the key, once ${move} has waited`, seen.state, state);
      },
      { proves: { property: 'moment', moves: [move] } },
    ),
  ),

  rule(
    'read-before-a-heartbeat',
    'complete in a transaction that has read the claim before its lease was renewed beside it is true, or rejects as one that may be repeated.',
    async (context) => {
      const { store, expect, transactions } = context;
      for (const level of [undefined, ...transactions.levels]) {
        const { key, token } = await acquire(context, context.key());
        const tx = await context.begin(level);
        if (tx.bound.find === undefined) return lacks('find');
        await tx.bound.find(key);
        const renewed = await Beside.send(() => store.renew(key, token, LONG));
        const complete = tx.bound.complete(key, token, RESULT, LONG);
        const answer: unknown = await complete.catch((error: unknown) => error);
        const may = answer === true || (isIdempotencyError(answer) && answer.retryable);
        const at = level === undefined ? '' : ` at ${level}`;
        expect.that(`complete${at}`, may, 'true, or a retryable rejection', answer);
        await (answer === true ? tx.commit() : tx.rollback());
        await renewed.whenOver();
        expect.same(`exists${at}`, await store.exists(key), answer === true);
      }
    },
  ),
];
