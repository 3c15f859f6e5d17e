import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { isIdempotencyError } from '@idem/core';
import { within } from '../../engine/deadline.ts';
import { type FaultyConnection, isAbsent } from '../../harness.ts';
import { now } from '../../model/monotonic.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { eachOperation } from '../kit/operations.ts';
import { settled } from '../kit/settled.ts';

const { rule } = family('faults');

/** Milliseconds within which all has ended where the adapter sets itself no deadline, and what a busy machine adds. */
const PATIENCE = 40_000;
const BUSY = 5_000;
/** Milliseconds for which the outage lasts once the client was told to close. */
const LASTS = 60;
/** After so many turns of the event loop the client is closed: what it sent has gone, or is about to be sent again. */
const TURNS = [0, 2];

type Outage = 'cut' | 'silent';

async function begin(faults: FaultyConnection, outage: Outage): Promise<boolean> {
  if (outage === 'cut') await faults.cut();
  else if (isAbsent(faults.hang)) return false;
  else faults.hang.stall();
  return true;
}

/** Closes a client whose operations cannot end by themselves, and expects each to end, by a code. */
async function expectEnds(context: RuleContext, outage: Outage, turns: number): Promise<void> {
  const { expect } = context;
  await using client = await faultyClient(context);
  const { store, faults } = client;
  const { hang } = faults;
  const patience = isAbsent(hang) ? PATIENCE : 2 * hang.deadline + BUSY;
  await settled(() => store.exists(context.key()));
  if (!(await begin(faults, outage))) return;
  const begun = now();
  const what = `under way at close, the backend ${outage === 'cut' ? 'gone' : 'silent'}`;
  const ends = eachOperation(context, {}, store).map(([name, call]) => {
    const late = (): Error => new Error(`${name} ${what}, has not ended in ${patience} ms`);
    const ended = call().then(
      () => undefined,
      (error: unknown) => {
        const right = isIdempotencyError(error);
        expect.that(`${name} ${what}`, right, 'an IdempotencyError, by its code', error);
      },
    );
    return within(patience, ended, late);
  });
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  const late = (): Error => new Error(`close, the backend ${outage}, has not ended`);
  const closed = within(patience, store.close(), late);
  // What close gave up has ended by then; what it lets go on is not made to wait for its deadline.
  await sleep(LASTS);
  if (outage === 'silent' && !isAbsent(hang)) hang.resume();
  await faults.restore();
  await Promise.all([...ends, closed]);
  expect.closed(`close with the backend ${outage}`, now() - begun);
}

/** A deployment in the middle of an outage. */
export const outageAtCloseRules: readonly Rule[] = [
  rule(
    'closed-in-an-outage',
    'close while the backend is gone or silent ends, and so does every operation that is under way or about to be sent again, by an answer or by an error with a code, once it is back at the latest.',
    async (context) => {
      for (const turns of TURNS) await expectEnds(context, 'cut', turns);
      await expectEnds(context, 'silent', 2);
    },
    { needs: ['faults'], exclusive: true },
  ),
];
