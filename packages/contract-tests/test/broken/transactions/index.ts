import type { BrokenStore } from '../kit/broken-store.ts';
import { anotherProcessMistakes } from './another-process.ts';
import { argumentMistakes } from './arguments.ts';
import { beyondMistakes } from './beyond.ts';
import { companyMistakes } from './company.ts';
import { corruptInsideMistakes } from './corrupt.ts';
import { holderMistakes } from './holders.ts';
import { holdingMistakes } from './holding.ts';
import { momentMistakes } from './moments.ts';
import { overMistakes } from './over.ts';
import { visibilityMistakes } from './visibility.ts';

/** Mistakes of stores whose records are written in transactions. */
export const transactionMistakes: readonly BrokenStore[] = [
  ...visibilityMistakes,
  ...holderMistakes,
  ...overMistakes,
  ...companyMistakes,
  ...beyondMistakes,
  ...argumentMistakes,
  ...holdingMistakes,
  ...momentMistakes,
  ...anotherProcessMistakes,
  ...corruptInsideMistakes,
];
