import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { isAbsent } from '../../harness.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { ACTING, ACTING_SCENES } from '../concurrency/acts-anew.ts';
import { ASKING, ASKING_SCENES } from '../concurrency/anew.ts';
import { family } from '../kit/family.ts';
import { type FaultyClient, faultyClient } from '../kit/faulty-client.ts';
import { settled } from '../kit/settled.ts';

const { rule } = family('faults');

/** After so many turns of the event loop the replies are held up; after the most of them, milliseconds later. */
const TURNS = [1, 2, 3, 5, 8];
const MOST_TURNS = 8;
const MOMENT = 2;
/** The part of the adapter's deadline for which replies are held up at the most. */
const HELD_UP = 1 / 4;

/** Something that is sent through the client whose replies are late, undone by others, and sent once more. */
interface Late {
  readonly send: () => Promise<unknown>;
  readonly change: () => Promise<unknown>;
  /** Judges what the second one was answered, or what it has done. */
  readonly judge: (answer: unknown) => Promise<void>;
}

/** Questions whose answer another client changes meanwhile. */
async function questions(context: RuleContext, { store }: FaultyClient): Promise<Late[]> {
  const { expect } = context;
  const scenes = await Promise.all(
    ASKING.map(async (move) => {
      const all = await ASKING_SCENES[move](context);
      // The older of two claims may be the one that is acquired, but none is answered as before.
      const claims = move === 'claim' || move === 'claim again';
      const judged = all.filter(({ after }) => !claims || after !== 'in-progress');
      return judged.map(({ ask, before, change, after }) => ({
        send: () => ask(store),
        change: () => change(context.store),
        judge: async (answer: unknown) => {
          const what = `${move}, asked after the change and beside an older one`;
          if (claims) expect.that(what, answer !== before, `${after}`, answer);
          else expect.same(what, answer, after);
        },
      }));
    }),
  );
  return scenes.flat();
}

/** What is done, undone by another client, and done once more. */
async function acts(context: RuleContext, { store }: FaultyClient): Promise<Late[]> {
  return Promise.all(
    ACTING.map(async (move) => {
      const { before, act, undo, after } = ACTING_SCENES[move];
      const [key, token] = [context.key(), context.token()];
      await before(context.store, key, token);
      return {
        send: () => act(store, key, token),
        change: () => undo(context.store, key, token),
        judge: async () => {
          const { state } = await context.store.inspect(key);
          context.expect.same(
            `the key after ${move}, sent again beside an older one`,
            state,
            after,
          );
        },
      };
    }),
  );
}

async function expectAnew(
  context: RuleContext,
  client: FaultyClient,
  turns: number,
): Promise<void> {
  const { hang } = client.faults;
  if (isAbsent(hang)) throw new RuleSkipped(hang.absent);
  const all = [...(await questions(context, client)), ...(await acts(context, client))];
  await settled(() => client.store.exists(context.key('warm')));
  const older = all.map(({ send }) => settled(send));
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  if (turns === MOST_TURNS) await sleep(MOMENT);
  hang.stall();
  // Whoever holds a lock while its reply is late holds the others up: then nothing is judged.
  const changes = Promise.all(all.map(({ change }) => settled(change).then(() => true)));
  const changed = await Promise.race([changes, sleep(hang.deadline * HELD_UP, false)]);
  const newer = all.map(({ send }) => settled(send));
  hang.resume();
  const answers = await Promise.all(newer);
  await Promise.all([...older, changes]);
  if (changed === false) return;
  for (const [i, { judge }] of all.entries()) await judge(answers[i]);
}

/** A reply that is late is an old one: what is sent after it was made is not answered by it. */
export const lateReplyRules: readonly Rule[] = [
  rule(
    'late-replies-are-of-what-was-asked',
    'While the replies of a client are late, whatever it sends is answered and done as of then: no operation is answered by the late reply of an older one that was the same, and none is left out for it.',
    async (context) => {
      await using client = await faultyClient(context);
      for (const turns of TURNS) {
        if (context.expect.faults.length > 0) return;
        await expectAnew(context, client, turns);
      }
    },
    { needs: ['faults'], exclusive: true },
  ),
];
