import type { Rule } from '../../rule.ts';
import { expectEveryMove } from '../kit/every-move.ts';
import { family } from '../kit/family.ts';

const { rule } = family('model');

/** Every way in which a key can come to be as it is, and every move then. */
export const everyMoveRules: readonly Rule[] = [
  rule(
    'every-move-in-every-situation',
    'However a key came to be claimed, completed, vacant or owed a takeover: each move then is answered, and leaves the key, as the state machine of the contract says, at once and when time has passed.',
    (context) => expectEveryMove(context),
    { needs: ['clock'] },
  ),
];
