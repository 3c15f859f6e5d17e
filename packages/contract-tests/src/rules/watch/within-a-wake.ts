import type { IdempotencyStore } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { LONG } from '../kit/material.ts';
import { settled } from '../kit/settled.ts';
import { acquire, together } from '../kit/steps.ts';
import { ENDS, watchersOf, within } from '../kit/watching.ts';

const { rule } = family('watch');

/** How often each is tried: what comes too early is seen by chance where a network is in between. */
const TIMES = 2;

/** What whoever waits asks as it is woken, and whether the answer says that the claim is over. */
const ASKS: Readonly<
  Record<
    'inspect' | 'claim',
    (context: RuleContext, client: IdempotencyStore, key: string) => Promise<boolean>
  >
> = {
  inspect: async (_context, client, key) => (await client.inspect(key)).state !== 'claimed',
  claim: async ({ token }, client, key) => {
    const { outcome } = await client.claim(key, { token: token(), lease: LONG });
    return outcome !== 'in-progress';
  },
};

/** A waiter that asks once for each wake-up, and is content with the first answer that lets it go on. */
async function expectTold(
  context: RuleContext,
  client: IdempotencyStore,
  ask: keyof typeof ASKS,
  [name, end]: (typeof ENDS)[number],
): Promise<void> {
  const held = await acquire(context, context.key());
  let stop = (): void => {};
  const goesOn = new Promise<void>((resolve) => {
    stop = client.watch(held.key, () => {
      settled(() => ASKS[ask](context, client, held.key)).then(
        (over) => over && resolve(),
        () => {},
      );
    });
  });
  await Promise.resolve(end(context.store, held));
  const told = await within(context, goesOn);
  stop();
  if (told) return;
  context.expect.broken(
    `${ask} within each wake-up by ${name}: expected one at least to tell that the claim is over, saw none`,
  );
}

/** A wake-up is worth a question: what is asked as it comes is answered by what it tells of. */
export const withinWakeRules: readonly Rule[] = [
  rule(
    'told-within-a-wake',
    'Whoever asks as it is woken is told that the claim is over, by the last of its wake-ups at the latest: none comes before what it tells of.',
    async (context) => {
      const clients = await watchersOf(context);
      const all = ENDS.flatMap((end) =>
        clients.flatMap((client) =>
          (['inspect', 'claim'] as const).map((ask) => ({ end, client, ask })),
        ),
      );
      for (let time = 0; time < TIMES; time += 1) {
        await together(
          all.map(
            ({ end, client, ask }) =>
              () =>
                expectTold(context, client, ask, end),
          ),
        );
      }
    },
  ),
];
