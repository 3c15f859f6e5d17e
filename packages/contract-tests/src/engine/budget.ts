import type { Budget } from '../rule.ts';

/** The budget of a run: `IDEM_TEST_BUDGET` where it is set, otherwise `quick`. */
export function chooseBudget(): Budget {
  const { IDEM_TEST_BUDGET: given } = process.env;
  if (given === undefined || given === '') return 'quick';
  if (given === 'quick' || given === 'long') return given;
  throw new Error(`IDEM_TEST_BUDGET must be "quick" or "long"; it was "${given}".`);
}
