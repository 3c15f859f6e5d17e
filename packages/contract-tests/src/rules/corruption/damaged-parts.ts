import { type DamagedPart, isAbsent } from '../../harness.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes } from '../kit/material.ts';
import { SECRET } from '../kit/messages.ts';
import { acquire, acquireAndComplete, type Holder } from '../kit/steps.ts';
import { everyOperationReports, planter } from './corruption.ts';

const { rule } = family('corruption');

/** More parts than any record has: a harness that never answers null must not hang the rule. */
const MOST_PARTS = 500;

/** What hands out the value, and so must notice that it is not the one that was recorded. */
const READS_VALUE = ['find', 'claim', 'claim by its token'];

type Check = (damaged: DamagedPart, holder: Holder) => Promise<void>;

/** Damages one part after the other, each of a fresh record. */
async function eachPart(
  context: RuleContext,
  what: string,
  make: () => Promise<Holder>,
  check: Check,
): Promise<void> {
  const { part } = planter(context);
  if (isAbsent(part)) throw new RuleSkipped(part.absent);
  for (let nth = 0; nth < MOST_PARTS; nth += 1) {
    const holder = await make();
    const damaged = await part(holder.key, nth);
    if (damaged === null) {
      context.expect.that(`the parts of ${what}`, nth > 0, 'at least one', nth);
      return;
    }
    await check(damaged, holder);
  }
  context.expect.fault(
    `the harness's part: expected null when there are no more, saw none in ${MOST_PARTS}`,
  );
}

function eachPartIsReported(
  context: RuleContext,
  what: string,
  make: () => Promise<Holder>,
): Promise<void> {
  return eachPart(context, what, make, async ({ name, valueOnly }, { key, token }) => {
    const which = (operation: string): boolean => !valueOnly || READS_VALUE.includes(operation);
    await everyOperationReports(context, `${what} whose ${name} is damaged`, key, token, which);
    await context.store.remove(key);
  });
}

function eachPartIsCleared(
  context: RuleContext,
  what: string,
  make: () => Promise<Holder>,
): Promise<void> {
  return eachPart(context, what, make, async ({ name }, { key }) => {
    const { store, expect } = context;
    const then = `after the remove of ${what} whose ${name} was damaged`;
    await store.remove(key);
    expect.same(`find ${then}`, await store.find(key), null);
    await acquire(context, key, { what: `a claim ${then}` });
  });
}

/** A record is read with suspicion in each of its parts, and not only where it was cut. */
export const damagedPartRules: readonly Rule[] = [
  rule(
    'each-part-of-a-result',
    'Whichever one part of a result is damaged, every operation but remove rejects with IDEM_RECORD_CORRUPT; a damaged value is never handed out.',
    (context) =>
      eachPartIsReported(context, 'a result', () =>
        acquireAndComplete(context, context.key(), SECRET, { fingerprint: 'print' }),
      ),
    { needs: ['plant'] },
  ),
  rule(
    'each-part-of-a-claim',
    'Whichever one part of a claim is damaged, every operation but remove rejects with IDEM_RECORD_CORRUPT.',
    (context) =>
      eachPartIsReported(context, 'a claim', () =>
        acquire(context, context.key(), { fingerprint: 'print' }),
      ),
    { needs: ['plant'] },
  ),
  rule(
    'remove-clears-each-part',
    'Whichever one part of a record is damaged, remove makes the key vacant, and a claim is then acquired.',
    async (context) => {
      await eachPartIsCleared(context, 'a result', () =>
        acquireAndComplete(context, context.key(), bytes('result'), { fingerprint: 'print' }),
      );
      await eachPartIsCleared(context, 'a claim', () =>
        acquire(context, context.key(), { fingerprint: 'print' }),
      );
    },
    { needs: ['plant'] },
  ),
];
