import type { Whys } from './whys.ts';

export const tokens: Whys = {
  'exact-in-*':
    'The token is all that tells the holder from everybody else; a column that folds case or cuts at 64 characters makes others the holder.',
  'may-be-used-again':
    'A token that is remembered as spent, or as one that still holds, has its caller locked out or let in twice.',
  'one-token-of-many-keys':
    'Heartbeats that are gathered by token, or grants that are remembered by it, keep one of two keys and lose the other.',
};
