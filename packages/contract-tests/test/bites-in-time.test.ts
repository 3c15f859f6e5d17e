import { isAbsent, isExclusive, rules, runRule } from '@idem/contract-tests';
import { expect, test } from 'vitest';
import { claimMistakes } from './broken/claims.ts';
import { expiryMistakes } from './broken/expiry.ts';
import { fenceMistakes } from './broken/fences.ts';
import { completeMistakes, releaseMistakes, renewMistakes } from './broken/holders.ts';
import { inspectMistakes } from './broken/inspect.ts';
import { situationMistakes } from './broken/situations.ts';
import { successorMistakes } from './broken/successors.ts';
import { holdingMistakes } from './broken/transactions/holding.ts';
import { momentMatrix, momentMistakes } from './broken/transactions/moments.ts';
import { waitInsideMistakes } from './broken/transactions/waits-inside.ts';

const mistakes = [
  ...claimMistakes,
  ...fenceMistakes,
  ...completeMistakes,
  ...releaseMistakes,
  ...renewMistakes,
  ...expiryMistakes,
  ...inspectMistakes,
  ...successorMistakes,
  ...situationMistakes,
  ...holdingMistakes,
  ...momentMatrix,
  ...momentMistakes,
  ...waitInsideMistakes,
];

// What only a driven clock can see: a millisecond, an hour, months.
const exact = new Set([
  'end-included',
  'end-too-early',
  'thirty-days-at-most',
  'lapse-forgotten-in-an-hour',
]);

const TRIES = 4;

const timed = rules.filter(({ needs }) => needs.includes('clock'));

for (const { name, mistake, caughtBy, running } of mistakes.filter(
  ({ name }) => !exact.has(name),
)) {
  for (const rule of timed.filter(({ id }) => id in caughtBy)) {
    // Rules on transactions are alone on their backend, and each has its own here.
    const apart = rule.family === 'transactions' || !isExclusive(rule);
    const how = { concurrent: apart };
    test(`${name}: ${rule.id} fails with a clock that runs. ${mistake}`, how, async () => {
      const harness = running();
      expect(isAbsent(harness.clock) || harness.clock.driven).toBe(false);
      let { outcome } = await runRule(rule, harness, { seed: 1 });
      // A machine that stands still between two steps blurs what a running clock can show.
      for (let again = 1; again < TRIES && outcome !== 'failed'; again++) {
        ({ outcome } = await runRule(rule, running(), { seed: 1 }));
      }
      expect(outcome).toBe('failed');
    });
  }
}
