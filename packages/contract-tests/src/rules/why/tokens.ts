import type { Whys } from './whys.ts';

export const tokens: Whys = {
  'exact-in-*':
    'The token is all that tells the holder from everybody else; a column that folds case or cuts at 64 characters makes others the holder.',
};
