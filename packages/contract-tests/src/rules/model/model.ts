import { backendMarks, longLeasesOnly, type ModelClock } from '../../model/clock.ts';
import { explore } from '../../model/explore.ts';
import {
  clientsOfSequence,
  type Durations,
  driven,
  observed,
  type Pause,
  sequences,
  untimed,
} from '../../model/generate.ts';
import { freshNames } from '../../model/names.ts';
import { script } from '../../model/script.ts';
import { runSequence } from '../../model/sequence.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { patienceOf, roundsOf } from '../kit/rounds.ts';

const { rule } = family('model');

export const modelRules: readonly Rule[] = [
  rule(
    'any-sequence',
    'Whatever is done in whatever order by several clients, each answer is one that the state machine of the contract allows.',
    (context) => explored(context, untimed, longLeasesOnly, roundsOf(context, 100)),
    { grade: 'stochastic' },
  ),
  rule(
    'any-sequence-in-time',
    'The same holds while leases lapse, records expire and time passes between operations.',
    (context) => {
      const { clock } = context;
      const marks = backendMarks(clock);
      return clock.driven
        ? explored(context, driven, marks, roundsOf(context, 500))
        : explored(context, observed, marks, roundsOf(context, 6));
    },
    { grade: 'stochastic', needs: ['clock'] },
  ),
];

async function explored(
  context: RuleContext,
  durations: Durations,
  clock: ModelClock,
  count: number,
): Promise<void> {
  const clients = [context.store];
  while (clients.length < clientsOfSequence) clients.push(await context.open());
  const pause = async (pause: Pause): Promise<void> => {
    const by = pause.kind === 'advance' ? pause.by : 0;
    await context.clock.reach((await context.clock.now()) + by);
  };

  const departure = await explore({
    seed: context.random(2 ** 31),
    runs: count,
    patience: patienceOf(context),
    sequences: sequences(durations),
    run: (steps) => runSequence(steps, { clients, clock, pause }, freshNames(context.key)),
  });
  if (departure === null) return;
  const text = `the shortest sequence found that leaves the contract:\n${script(departure)}`;
  context.expect.broken(text);
}
