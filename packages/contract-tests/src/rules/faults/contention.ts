import { judge } from '../../linearizability/check.ts';
import { programs } from '../../linearizability/program.ts';
import { record } from '../../linearizability/record.ts';
import { longLeasesOnly } from '../../model/clock.ts';
import { freshNames } from '../../model/names.ts';
import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { LONG } from '../kit/material.ts';
import { rounds } from '../kit/rounds.ts';

const { rule } = family('faults');

/**
 * What an adapter may repeat by itself without anybody being able to tell. A `store` or a `remove`
 * that takes effect twice, with another's operation in between, is not one step any more.
 */
const REPEATABLE = { claim: 6, complete: 2, renew: 2, find: 3, exists: 1 };

export const contendedFaultRules: readonly Rule[] = [
  rule(
    'losses-under-contention',
    'While clients contend for few keys and replies are lost, one order of all operations still explains every answer: no second holder, no lost completion.',
    async (context) => {
      await using client = await faultyClient(context);
      const { store, faults } = client;
      for (const _round of rounds(context, 8)) {
        const options = { clients: 6, length: 8, keys: 3, aborts: 0, durations: [LONG], pause: 8 };
        const repeatable = { operations: REPEATABLE, ownTokensOnly: true };
        const all = programs({ ...options, ...repeatable }, context.random);
        const lanes = all.map((program, index) => ({
          program,
          store: index % 2 === 0 ? store : context.store,
        }));
        const pause = async (): Promise<void> => faults.loseNextReply();
        const names = freshNames(context.key);
        const { history, rejections } = await record(lanes, {
          clock: longLeasesOnly,
          names,
          pause,
        });
        const definite = rejections.find(({ retryable }) => !retryable);
        if (definite !== undefined)
          context.expect.broken(`an operation was rejected: ${definite.reason}`);
        const judgement = judge(history);
        if (judgement.outcome === 'inexplicable') context.expect.broken(judgement.text);
      }
    },
    { grade: 'stochastic', needs: ['faults'], exclusive: true },
  ),
];
