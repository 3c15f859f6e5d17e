import { isAbsent } from '../../harness.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes } from '../kit/material.ts';
import { acquire, acquireAndComplete, type Holder } from '../kit/steps.ts';
import { everyOperationReports, planter } from './corruption.ts';

const { rule } = family('corruption');

/** More parts than any record has: a harness that never answers null must not hang the rule. */
const MOST_PARTS = 500;

/** What hands out the value, and so must notice that it is not the one that was recorded. */
const READS_VALUE = ['find', 'claim', 'claim by its token'];

/** Damages one part after the other, each of a fresh record. */
async function eachPartIsReported(
  context: RuleContext,
  what: string,
  make: () => Promise<Holder>,
): Promise<void> {
  const { part } = planter(context);
  if (isAbsent(part)) throw new RuleSkipped(part.absent);
  for (let nth = 0; nth < MOST_PARTS; nth += 1) {
    const { key, token } = await make();
    const damaged = await part(key, nth);
    if (damaged === null) {
      context.expect.that(`the parts of ${what}`, nth > 0, 'at least one', nth);
      return;
    }
    const { name, valueOnly } = damaged;
    const which = (operation: string): boolean => !valueOnly || READS_VALUE.includes(operation);
    await everyOperationReports(context, `${what} whose ${name} is damaged`, key, token, which);
    await context.store.remove(key);
  }
  context.expect.fault(
    `the harness's part: expected null when there are no more, saw none in ${MOST_PARTS}`,
  );
}

/** A record is read with suspicion in each of its parts, and not only where it was cut. */
export const damagedPartRules: readonly Rule[] = [
  rule(
    'each-part-of-a-result',
    'Whichever one part of a result is damaged, every operation but remove rejects with IDEM_RECORD_CORRUPT; a damaged value is never handed out.',
    (context) =>
      eachPartIsReported(context, 'a result', () =>
        acquireAndComplete(context, context.key(), bytes('result'), { fingerprint: 'print' }),
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
];
