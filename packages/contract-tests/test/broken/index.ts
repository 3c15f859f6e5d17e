import type { BrokenStore } from './broken-store.ts';
import { expiryMistakes } from './expiry.ts';
import { keyMistakes } from './keys.ts';
import { valueMistakes } from './values.ts';

/** Every broken store: the suite's own tests prove with them that each rule bites. */
export const brokenStores: readonly BrokenStore[] = [
  ...keyMistakes,
  ...valueMistakes,
  ...expiryMistakes,
];
