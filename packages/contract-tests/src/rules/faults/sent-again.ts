import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { type FaultyClient, faultyClient } from '../kit/faulty-client.ts';
import { bytes, LONG } from '../kit/material.ts';
import { settled } from '../kit/settled.ts';
import { AFTER, found, situation, strange } from '../kit/situations.ts';
import { acquire, expectCompleted, expectHeld, type Holder } from '../kit/steps.ts';
import { expectWholeTime } from './never-arrived.ts';

const { rule, timed } = family('faults');

const how = { needs: ['faults'], exclusive: true } as const;

const ROUNDS = 2;
/** After so many turns of the event loop at the most the connection is cut: at which a release has landed depends on it. */
const MOST_TURNS = 10;
/** Milliseconds in which what has come back before a cut is heard. */
const HEARD = 20;
/** Operations and milliseconds after which what a client sends again is not counted with what it sent before, and how often one tries. */
const WORK = 200;
const WHILE = 1_000;
const LAST = 6;
/** How often one asks whether a release has landed. */
const MOST_ASKED = 50;

/** Loses the reply of the next operation, and repeats that until it is answered. */
async function lost<T>(client: FaultyClient, act: () => Promise<T>): Promise<T> {
  return (await told(client, act)).answer;
}

/** The same, and whether the caller had to repeat it: a release that was, is another one. */
async function told<T>(
  { faults }: FaultyClient,
  act: () => Promise<T>,
): Promise<{ readonly answer: T; readonly repeated: boolean }> {
  faults.loseNextReply();
  let calls = 0;
  const answer = await settled(() => {
    calls += 1;
    return act();
  });
  return { answer, repeated: calls > 1 };
}

/** Whether a client sends again what was lost once it has worked for a while: what it may do in a moment can be bounded. */
async function stillSendsAgain(context: RuleContext, client: FaultyClient): Promise<boolean> {
  const { store } = client;
  const key = context.key();
  const work = Array.from({ length: WORK }, () => settled(() => store.exists(key)));
  await Promise.all(work);
  await sleep(WHILE);
  for (let time = 0; time < LAST; time += 1) {
    await settled(() => store.exists(key));
    if (!(await told(client, () => store.exists(key))).repeated) return true;
  }
  return false;
}

/** What is sent again after a lost reply is answered and done once, whichever way the claim came to be held. */
export const sentAgainRules: readonly Rule[] = [
  rule(
    'lost-reply-of-every-move',
    'Every move whose reply was lost is answered as if it had not been, and was made once, also the fortieth on one client; who has no part in it is refused all the same.',
    async (context) => {
      const { expect } = context;
      await using client = await faultyClient(context);
      const { store } = client;
      /** How many were answered in each round without the caller's doing. */
      const answered: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        let alone = 0;
        for (const move of moves) {
          const at = await situation(move, context, { large: round > 0 });
          const other = strange(move, context, at);
          if (other !== undefined) {
            await settled(() => store.exists(at.key));
            const refused = await told(client, () => other.act(store));
            const what = `${move} by who has no part in it, its reply lost`;
            expect.that(what, other.isRight(refused.answer), 'the refusal', refused.answer);
            if (!refused.repeated) alone += 1;
          }
          await settled(() => store.exists(at.key));
          const { answer, repeated } = await told(client, () => at.act(store));
          if (!repeated) alone += 1;
          const right = at.isRight(answer) || (move === 'release' && repeated);
          expect.that(`${move}, its reply lost`, right, 'the right answer', answer);
          await expectWholeTime(context, move, `${move}, its reply lost`, at);
          expect.same(`the key after ${move}`, await found(context, at), AFTER[move]);
        }
        answered.push(alone);
      }
      const [first = 0] = answered;
      if (first === 0 || answered.at(-1) !== 0 || (await stillSendsAgain(context, client))) return;
      expect.fault(
        `of ${ROUNDS} times some twenty lost replies on one client: expected some of the last to be sent again, as ${first} of the first were, saw all left to the caller`,
      );
    },
    how,
  ),

  timed(
    'lost-replies-of-a-takeover',
    'A takeover whose reply was lost is told as one, with one fence; and its renewal, its completion and its release, their replies lost, are those of any claim.',
    async (context, time) => {
      const { store, expect } = context;
      await using client = await faultyClient(context);
      const keys = ['completed', 'released'].map((label) => context.key(label));
      const { result: first, end } = await time.begin(1, () =>
        Promise.all(keys.map((key) => acquire(context, key, { lease: 1, fingerprint: 'first' }))),
      );
      await time.at(end);
      const held: Holder[] = [];
      for (const [i, key] of keys.entries()) {
        const request = { token: context.token(), lease: LONG, fingerprint: 'second' };
        await settled(() => client.store.exists(key));
        const result = await lost(client, () => client.store.claim(key, request));
        const taken = expect.acquired('the takeover, its reply lost', result);
        expect.same('its takeover', taken.takeover, true);
        const grown = taken.fence > (first[i]?.fence ?? 0);
        expect.that('its fence', grown, `more than ${first[i]?.fence}`, taken.fence);
        const { fence, takeover } = expect.acquired('once more', await store.claim(key, request));
        expect.same('once more', { fence, takeover }, { fence: taken.fence, takeover: true });
        const { token } = request;
        const renewed = await lost(client, () => client.store.renew(key, token, LONG));
        expect.same('its renewal, the reply lost', renewed, true);
        held.push({ ...taken, key, token });
      }
      const [done, free] = held;
      if (done === undefined || free === undefined) return;
      const { key, token } = done;
      const complete = () => client.store.complete(key, token, bytes('result'), LONG);
      expect.same('its completion, the reply lost', await lost(client, complete), true);
      await expectCompleted(context, 'afterwards', key, bytes('result'), 'second');
      const release = () => client.store.release(free.key, free.token);
      const { answer, repeated } = await told(client, release);
      if (!repeated) expect.same('its release, the reply lost', answer, true);
      const { takeover } = await acquire(context, free.key, { what: 'a claim after the release' });
      expect.same('takeover after the release', takeover, false);
    },
    how,
  ),

  rule(
    'lost-release-overtaken',
    'A release that is sent again after another has claimed the key is false, and leaves that claim alone.',
    async (context) => {
      const { store, expect } = context;
      await using client = await faultyClient(context);
      for (let turns = 1; turns <= MOST_TURNS; turns += 1) {
        const { key, token } = await acquire(context, context.key());
        await settled(() => client.store.exists(key));
        client.faults.loseNextReply();
        let answer: unknown;
        const released = settled(() => client.store.release(key, token)).then((value) => {
          answer = value;
        });
        if (turns === MOST_TURNS) await landed(context, key);
        else for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        await client.faults.cut();
        // What has come back before the cut is the answer to what was sent before.
        await sleep(HEARD);
        await setImmediate();
        await setImmediate();
        const heard = answer !== undefined;
        const request = { token: context.token(), lease: LONG, fingerprint: 'of-the-next' };
        const next = await store.claim(key, request);
        await client.faults.restore();
        await released;
        if (heard || next.outcome !== 'acquired') continue;
        expect.same('a release that is sent again, once another has claimed', answer, false);
        await expectHeld(context, 'afterwards', key, 'of-the-next');
      }
    },
    how,
  ),
];

/** Waits until the key is vacant. */
async function landed({ store }: RuleContext, key: string): Promise<void> {
  for (let asked = 0; asked < MOST_ASKED; asked += 1) {
    if ((await store.inspect(key)).state === 'vacant') return;
  }
}
