import type { BrokenStore } from '../kit/broken-store.ts';
import { momentMatrix } from '../transactions/moments.ts';
import { companyMistakes } from './company.ts';
import { crashMistakes } from './crash.ts';
import { fenceMatrixMistakes } from './fences.ts';
import { keyMatrix } from './keys.ts';
import { timeMatrix } from './times.ts';
import { tokenMatrix } from './tokens.ts';
import { valueMatrixMistakes } from './values.ts';

/** Mistakes made in one move alone: each cell of the matrix is proven by stores that are wrong there only. */
export const brokenInOneMove: readonly BrokenStore[] = [
  ...keyMatrix,
  ...tokenMatrix,
  ...timeMatrix,
  ...valueMatrixMistakes,
  ...fenceMatrixMistakes,
  ...crashMistakes,
  ...companyMistakes,
  ...momentMatrix,
];
