import type { Rule } from '../../rule.ts';
import { durable } from '../kit/crash.ts';
import { expectEveryMove } from '../kit/every-move.ts';
import { family } from '../kit/family.ts';

const { rule } = family('durability');

/** Every way in which a key can come to be as it is, every move then, and a crash right after it. */
export const everyMoveSurvivesRules: readonly Rule[] = [
  rule(
    'every-move-survives',
    'However a key came to be as it is, and whichever move was made last: what was answered before a crash is so after it, to the millisecond of its end.',
    durable((context) => expectEveryMove(context, { after: ['the backend crashes'] })),
    {
      needs: ['clock', 'crash'],
      exclusive: true,
      proves: {
        property: 'crash',
        moves: ['store', 'remove', 'claim', 'claim again', 'complete', 'renew', 'release'],
      },
    },
  ),
];
