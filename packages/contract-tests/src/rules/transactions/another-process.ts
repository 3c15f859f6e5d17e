import { setTimeout as sleep } from 'node:timers/promises';
import { isAbsent } from '../../harness.ts';
import type { Operation } from '../../model/operation.ts';
import { type RunInProcesses, withProcesses } from '../../processes/record.ts';
import type { Rule } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { LONG } from '../kit/material.ts';
import { acquire, expectVacant, type Holder } from '../kit/steps.ts';
import type { Timeline } from '../kit/timeline.ts';
import { family } from '../kit/transactions/family.ts';
import { completeIn } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { timed } = family('transactions');

/** Milliseconds in which what another process sends has come to where it waits. */
const ARRIVAL = 80;
/** Milliseconds after the end of the lease for which what waits is left to wait. */
const AFTER = 30;

type Waiting = 'complete' | 'renew' | 'release' | 'remove' | 'claim';

const SENT: Readonly<Record<Waiting, (token: string) => Operation>> = {
  complete: (token) => ({ name: 'complete', key: 'k', token, value: 'late', ttl: LONG }),
  renew: (token) => ({ name: 'renew', key: 'k', token, lease: LONG }),
  release: (token) => ({ name: 'release', key: 'k', token }),
  remove: () => ({ name: 'remove', key: 'k' }),
  claim: () => ({ name: 'claim', key: 'k', token: 'other', lease: LONG, fingerprint: null }),
};

/** Sends it from the other process while a transaction here holds what it needs, and past the lease. */
async function heldUp(
  context: Transacting,
  time: Timeline,
  move: Waiting,
  run: RunInProcesses,
): Promise<{ readonly holder: Holder; readonly answer: unknown }> {
  const key = context.key();
  const { result: holder, end } = await time.begin(time.short, () =>
    acquire(context, key, { lease: time.short }),
  );
  const tx = await context.begin();
  await time.before(end, () => completeIn(context, tx, holder));
  const [operation, other] = [SENT[move](holder.token), context.token()];
  const names = { key: () => key, token: (label: string) => (label === 'other' ? other : label) };
  const steps = [{ kind: 'operation', operation, abort: null }] as const;
  const sent = run([[{ client: 'another process', steps }]], names);
  sent.catch(() => {});
  await sleep(ARRIVAL);
  await time.at(end);
  await time.pass(AFTER);
  await tx.rollback();
  const { history } = await sent;
  return { holder, answer: history[0]?.answer ?? null };
}

/** Where a transaction holds up all who write, those of its own process cannot wait for it: those of another do. */
export const anotherProcessRules: readonly Rule[] = [
  timed(
    'waited-in-another-process',
    'What another process sent, and what waited there for a transaction past the end of the lease, goes by the time at which it goes on.',
    async (context, time) => {
      const { harness, store, expect } = context;
      const { processes } = harness;
      if (isAbsent(processes)) return;
      if (store.supports.otherKeysWhileOpen.promised) {
        throw new RuleSkipped('who waits for a transaction does so in the same process too');
      }
      await withProcesses(processes, 1, async (run) => {
        for (const move of ['complete', 'renew', 'release', 'remove', 'claim'] as const) {
          const { holder, answer } = await heldUp(context, time, move, run);
          const what = `${move} that waited past the lease`;
          // Null is a refusal: it had no turn, and did nothing.
          if (answer === null) continue;
          if (move === 'claim') {
            const taken = { kind: 'acquired', takeover: true, ...held(answer) };
            expect.same(what, answer, taken);
            continue;
          }
          const told = move === 'remove' ? { kind: 'done' } : { kind: 'boolean', value: false };
          expect.same(what, answer, told);
          const { takeover } = await expectVacant(context, `after ${what}`, holder.key);
          expect.same(`takeover after ${what}`, takeover, true);
        }
      });
    },
    { needs: ['processes'] },
  ),
];

function held(answer: unknown): { readonly fence: unknown } {
  const fence = typeof answer === 'object' && answer !== null && 'fence' in answer;
  return { fence: fence ? answer.fence : undefined };
}
