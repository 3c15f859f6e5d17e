import type { Inspection } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, acquireAndComplete } from '../kit/steps.ts';
import type { End, Timeline } from '../kit/timeline.ts';

const { rule, timed } = family('inspect');

const LENGTHS = [2 ** 31, 2 ** 32 + 1, 315_576_000_000];
const VACANT = { state: 'vacant', takeover: false };
const OWED = { state: 'vacant', takeover: true };

/** What `inspect` says of times, by the backend's clock, and at the edges of a lease and a ttl. */
export const inspectTimeRules: readonly Rule[] = [
  timed(
    'lapsed-owes-a-takeover',
    'inspect of a claim that lapsed answers vacant from the end of its lease on, and says that a takeover is owed: however often it is asked, and after a remove.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.justBefore(end);
      const last = await time.before(end, () => store.inspect(key));
      expect.inspected('inspect just before the end of the lease', last, 'claimed');
      await time.at(end);
      expect.same("inspect at the lease's end", await store.inspect(key), OWED);
      expect.same('inspect, again', await store.inspect(key), OWED);
      await store.remove(key);
      expect.same('inspect after a remove of what had lapsed', await store.inspect(key), OWED);
      const { takeover } = await acquire(context, key);
      expect.same('takeover of the next claim', takeover, true);
    },
  ),

  timed(
    'takeover-is-told',
    'inspect of a claim that displaced a lapsed one tells its takeover, and none is owed once that claim was released or stored over.',
    async (context, time) => {
      const { store, expect } = context;
      const [released, stored] = [context.key('released'), context.key('stored')];
      const { end } = await time.begin(time.short, async () => {
        await acquire(context, released, { lease: time.short });
        await acquire(context, stored, { lease: time.short });
      });
      await time.at(end);
      const { token } = await acquire(context, released);
      const seen = expect.inspected('inspect', await store.inspect(released), 'claimed');
      expect.same('its takeover', seen.takeover, true);
      await store.release(released, token);
      expect.same('inspect after the release', await store.inspect(released), VACANT);
      await store.store(stored, bytes('stored'), LONG);
      await store.remove(stored);
      expect.same(
        'inspect of what was stored over and removed',
        await store.inspect(stored),
        VACANT,
      );
    },
  ),

  timed(
    'expired-is-vacant',
    'inspect of a record answers completed until its ttl ends and vacant from then on, with no takeover owed.',
    async (context, time) => {
      const { store, expect } = context;
      const [stored, completed] = [context.key('stored'), context.key('completed')];
      const { token } = await acquire(context, completed);
      const { end } = await time.begin(time.short, async () => {
        await store.store(stored, bytes('value'), time.short);
        await store.complete(completed, token, bytes('result'), time.short);
      });
      await time.justBefore(end);
      for (const key of [stored, completed]) {
        const last = await time.before(end, () => store.inspect(key));
        expect.inspected('inspect just before the end of the ttl', last, 'completed');
      }
      await time.at(end);
      for (const key of [stored, completed]) {
        expect.same("inspect at the ttl's end", await store.inspect(key), VACANT);
      }
    },
  ),

  timed(
    'lease-remaining-counts-down',
    'leaseRemaining is what is left of the lease, which a renewal and a repeated claim start anew.',
    async (context, time) => {
      const { store } = context;
      const key = context.key();
      const first = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      const { token } = first.result;
      await expectLease(context, time, 'at once', key, first.end);
      await time.pass(time.short / 2);
      await expectLease(context, time, 'half-way', key, first.end);
      const renewed = await time.before(first.end, () =>
        time.begin(time.short * 2, () => store.renew(key, token, time.short * 2)),
      );
      await expectLease(context, time, 'after a renewal', key, renewed.end);
      await time.pass(time.short / 2);
      const repeated = await time.before(renewed.end, () =>
        time.begin(time.short, () => store.claim(key, { token, lease: time.short })),
      );
      await expectLease(context, time, 'after a repeated claim', key, repeated.end);
      await time.justBefore(repeated.end);
      await expectLease(context, time, 'just before the end', key, repeated.end);
    },
  ),

  timed(
    'ttl-remaining-counts-down',
    'ttlRemaining is what is left of the ttl: a repeated complete does not start it anew, a store does.',
    async (context, time) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      const first = await time.begin(time.short, () =>
        store.complete(key, token, bytes('result'), time.short),
      );
      await expectTtl(context, time, 'at once', key, first.end);
      await time.pass(time.short / 2);
      await time.before(first.end, () => store.complete(key, token, bytes('again'), LONG));
      await expectTtl(context, time, 'after a repeated complete', key, first.end);
      const other = context.key('stored');
      await store.store(other, bytes('stored'), LONG);
      const second = await time.begin(time.short, () =>
        store.store(other, bytes('stored'), time.short),
      );
      await expectTtl(context, time, 'after a store with another ttl', other, second.end);
      await time.at(second.end);
      expect.same("inspect at that ttl's end", await store.inspect(other), VACANT);
    },
  ),

  timed(
    'held-for-counts-from-the-claim',
    'heldFor counts from when the claim was acquired: renewals and repeated claims do not start it anew.',
    async (context, time) => {
      const { store } = context;
      const key = context.key();
      const claim = await time.begin(0, () => acquire(context, key));
      const { token } = claim.result;
      await expectHeldFor(context, 'at once', key, claim.end);
      await time.pass(time.short / 2);
      await store.renew(key, token, LONG);
      await expectHeldFor(context, 'after a renewal', key, claim.end);
      await time.pass(time.short / 2);
      await store.claim(key, { token, lease: LONG });
      await expectHeldFor(context, 'after a repeated claim', key, claim.end);
    },
  ),

  timed(
    'held-for-begins-anew',
    'heldFor of the next holder counts from its own claim, after a release and after a lapse.',
    async (context, time) => {
      const { store } = context;
      const key = context.key();
      const first = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(first.end);
      const second = await time.begin(0, () => acquire(context, key));
      await expectHeldFor(context, 'after a lapse', key, second.end);
      await time.pass(time.short / 2);
      await store.release(key, second.result.token);
      const third = await time.begin(0, () => acquire(context, key));
      await expectHeldFor(context, 'after a release', key, third.end);
    },
  ),

  timed(
    'does-not-touch-times',
    'inspect lengthens neither a lease nor the life of a record.',
    async (context, time) => {
      const { store, expect } = context;
      const [claimed, stored] = [context.key('claimed'), context.key('stored')];
      const { end } = await time.begin(time.short, async () => {
        await acquire(context, claimed, { lease: time.short });
        await store.store(stored, bytes('value'), time.short);
      });
      await time.pass(time.short / 2);
      await time.before(end, async () => {
        await store.inspect(claimed);
        await store.inspect(stored);
      });
      await time.at(end);
      expect.same("find at the ttl's end", await store.find(stored), null);
      const late = await store.claim(claimed, { token: context.token(), lease: LONG });
      expect.acquired("a claim at the lease's end", late);
    },
  ),

  rule(
    'long-times-are-told',
    'Leases and ttls up to ten years are told as they are: none runs over.',
    async (context) => {
      const { store, expect } = context;
      for (const length of LENGTHS) {
        const { key, token } = await acquire(context, context.key(), { lease: length });
        const claimed = expect.inspected('inspect', await store.inspect(key), 'claimed');
        expectAbout(context, 'leaseRemaining', claimed.leaseRemaining, length);
        await store.complete(key, token, bytes('result'), length);
        const completed = expect.inspected('inspect', await store.inspect(key), 'completed');
        expectAbout(context, 'ttlRemaining', completed.ttlRemaining, length);
        await store.remove(key);
      }
      const { key } = await acquireAndComplete(context, context.key());
      const { ttlRemaining } = expect.inspected('inspect', await store.inspect(key), 'completed');
      expectAbout(context, 'ttlRemaining', ttlRemaining, LONG);
    },
  ),
];

interface Looked {
  readonly inspection: Inspection;
  readonly before: number;
  readonly after: number;
}

/** Inspects, and learns between which instants of the backend's clock that was. */
async function look({ store, clock }: RuleContext, key: string): Promise<Looked> {
  const before = await clock.now();
  const inspection = await store.inspect(key);
  return { inspection, before, after: await clock.now() };
}

async function expectLease(
  context: RuleContext,
  time: Timeline,
  what: string,
  key: string,
  end: End,
): Promise<void> {
  const looked = await time.before(end, () => look(context, key));
  const seen = context.expect.inspected(`inspect ${what}`, looked.inspection, 'claimed');
  expectRemaining(context, `leaseRemaining ${what}`, seen.leaseRemaining, end, looked);
}

async function expectTtl(
  context: RuleContext,
  time: Timeline,
  what: string,
  key: string,
  end: End,
): Promise<void> {
  const looked = await time.before(end, () => look(context, key));
  const seen = context.expect.inspected(`inspect ${what}`, looked.inspection, 'completed');
  expectRemaining(context, `ttlRemaining ${what}`, seen.ttlRemaining, end, looked);
}

function expectRemaining(
  { expect }: RuleContext,
  what: string,
  remaining: number,
  end: End,
  { before, after }: Looked,
): void {
  const [least, most] = [Math.floor(end.earliest - after), Math.ceil(end.latest - before)];
  const right = Number.isInteger(remaining) && remaining >= Math.max(1, least) && remaining <= most;
  expect.that(what, right, `${least} to ${most} ms`, remaining);
}

/** @param begun when the claim was acquired: the end of nothing that began with it */
async function expectHeldFor(
  context: RuleContext,
  what: string,
  key: string,
  begun: End,
): Promise<void> {
  const { inspection, before, after } = await look(context, key);
  const { heldFor } = context.expect.inspected(`inspect ${what}`, inspection, 'claimed');
  const least = Math.max(0, Math.floor(before - begun.latest));
  const most = Math.ceil(after - begun.earliest);
  const right = Number.isInteger(heldFor) && heldFor >= least && heldFor <= most;
  context.expect.that(`heldFor ${what}`, right, `${least} to ${most} ms`, heldFor);
}

function expectAbout(
  { expect }: RuleContext,
  what: string,
  remaining: number,
  length: number,
): void {
  const near = remaining <= length + ROUNDING && remaining > length - LONG;
  expect.that(what, near, `about ${length} ms`, remaining);
}
