import type { BrokenStore } from '../kit/broken-store.ts';
import { momentMatrix } from '../transactions/moments.ts';
import { rowsThatAreThereMistakes } from '../transactions/rows-that-are-there.ts';
import { waitInsideMistakes } from '../transactions/waits-inside.ts';
import { anewMatrix } from './anew.ts';
import { companyMistakes } from './company.ts';
import { crashMistakes } from './crash.ts';
import { fenceMatrixMistakes } from './fences.ts';
import { fingerprintMatrix } from './fingerprints.ts';
import { keyMatrix } from './keys.ts';
import { lapseMatrix } from './lapses.ts';
import { roomMistakes } from './room.ts';
import { timeMatrix } from './times.ts';
import { tokenMatrix } from './tokens.ts';
import { valueMatrixMistakes } from './values.ts';

/** Mistakes made in one move alone: each cell of the matrix is proven by stores that are wrong there only. */
export const brokenInOneMove: readonly BrokenStore[] = [
  ...keyMatrix,
  ...tokenMatrix,
  ...fingerprintMatrix,
  ...lapseMatrix,
  ...timeMatrix,
  ...valueMatrixMistakes,
  ...fenceMatrixMistakes,
  ...crashMistakes,
  ...companyMistakes,
  ...anewMatrix,
  ...roomMistakes,
  ...momentMatrix,
  ...waitInsideMistakes,
  ...rowsThatAreThereMistakes,
];
