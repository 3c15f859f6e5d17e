import { isAbsent } from '../../harness.ts';
import { judge } from '../../linearizability/check.ts';
import {
  everyOperation,
  type ProgramOptions,
  programs,
  race,
} from '../../linearizability/program.ts';
import { type Recording, record, type Stage } from '../../linearizability/record.ts';
import { backendMarks, longLeasesOnly } from '../../model/clock.ts';
import { freshNames } from '../../model/names.ts';
import { withProcesses } from '../../processes/record.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { LONG } from '../kit/material.ts';
import { rounds } from '../kit/rounds.ts';

const { rule } = family('linearizability');

const usual: ProgramOptions = {
  clients: 8,
  length: 12,
  keys: 2,
  aborts: 0,
  durations: [LONG],
  pause: 0,
  operations: everyOperation,
};

const PROCESSES = 3;

/** Keys for which the processes race in a round. */
const RACES = 25;

const INHERITANCE = { claim: 6, release: 3, complete: 1, renew: 1 };

export const linearizabilityRules: readonly Rule[] = [
  rule(
    'many-clients',
    'Whatever many clients do at once, one order of all operations on a key explains every answer, and it keeps the order of those that did not overlap.',
    (context) => histories(context, 20, usual),
    { grade: 'stochastic' },
  ),
  rule(
    'one-holder',
    'Clients that claim, renew, release and complete one key at once see one holder after the other, with fences that rise.',
    (context) => histories(context, 20, { ...usual, keys: 1, operations: INHERITANCE }),
    { grade: 'stochastic' },
  ),
  rule(
    'given-up',
    'An operation that its caller aborted takes effect once, at some later moment, or never; nothing else.',
    (context) => histories(context, 20, { ...usual, clients: 6, length: 8, aborts: 15 }),
    { grade: 'stochastic' },
  ),
  rule(
    'lapsing',
    'The same holds while leases lapse and records expire, each no earlier and no later than the backend’s clock says.',
    (context) => {
      const durations = [8, 20, LONG];
      const { clock } = context;
      return histories(
        context,
        6,
        { ...usual, clients: 6, durations, pause: 10 },
        {
          clock: backendMarks(clock),
          pause: async (by) => clock.reach((await clock.now()) + by),
        },
      );
    },
    { grade: 'stochastic', needs: ['clock'] },
  ),
  rule(
    'processes',
    'Clients in several processes see one order of all operations, as clients in one process do.',
    async (context) => {
      const { processes } = context.harness;
      if (isAbsent(processes)) return;
      await withProcesses(processes, PROCESSES, async (run) => {
        for (const _round of rounds(context, 2)) {
          const all = programs({ ...usual, clients: 12, length: 10 }, context.random);
          const groups = Array.from({ length: PROCESSES }, (_, group) =>
            all.filter((_program, index) => index % PROCESSES === group),
          );
          conclude(context, await run(groups, freshNames(context.key)));
          // One client in each: within a process they may queue, which hides what processes do to each other.
          const each = race(PROCESSES, RACES, LONG).map((program) => [program]);
          conclude(context, await run(each, freshNames(context.key)));
        }
      });
    },
    { grade: 'stochastic', needs: ['processes'] },
  ),
];

async function histories(
  context: RuleContext,
  quick: number,
  options: ProgramOptions,
  { clock, pause }: Omit<Stage, 'names'> = { clock: longLeasesOnly, pause: async () => {} },
): Promise<void> {
  // Two clients share a connection, so that what is sent side by side on one is tried as well.
  const stores = [context.store];
  while (stores.length < options.clients / 2) stores.push(await context.open());
  for (const _round of rounds(context, quick)) {
    const lanes = programs(options, context.random).map((program, index) => ({
      program,
      store: stores[index % stores.length] ?? context.store,
    }));
    const names = freshNames(context.key);
    conclude(context, await record(lanes, { clock, pause, names }));
  }
}

/** Ends the rule when no order of the operations explains what they answered. */
export function conclude({ expect }: RuleContext, { history, rejections }: Recording): void {
  const definite = rejections.find(({ retryable }) => !retryable);
  if (definite !== undefined) expect.broken(`an operation was rejected: ${definite.reason}`);
  if (rejections.length > history.length / 4) {
    const first = rejections[0]?.reason;
    expect.broken(
      `${rejections.length} of ${history.length} operations were rejected, the first with ${first}`,
    );
  }
  const judgement = judge(history);
  if (judgement.outcome === 'inexplicable') expect.broken(judgement.text);
  if (judgement.outcome === 'undecided') {
    throw new RuleSkipped('a history was too entangled to be judged; the machine was very busy');
  }
}
