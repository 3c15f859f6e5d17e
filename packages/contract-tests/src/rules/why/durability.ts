import type { Whys } from './whys.ts';

export const durability: Whys = {
  'what-is-old-survives':
    'Recovery tidies up as it reads its log: what ended an hour ago is still owed, and what is held for weeks is not over.',
  'results-survive': 'An acknowledged result that a power failure takes back is a second payment.',
  'claims-survive': 'A claim that is gone lets another begin beside the holder that survived.',
  'endings-survive': 'A claim that comes back blocks its key, and its holder is long gone.',
  'fences-rise-across-crashes':
    'A counter in memory begins anew, and the old holder outranks the new one.',
  'results-survive-whole':
    'A log that carries the value and forgets the ttl or the token is found by a crash alone.',
  'claims-survive-whole':
    'A renewal that was not logged ends, after the crash, a lease that was promised.',
  'endings-survive-whole': 'What is owed to the next holder is kept for exactly this case.',
  'crash-is-no-shutdown':
    'A polite stop writes everything down first, so UNLOGGED tables and asynchronous commits pass it.',
  'every-move-survives':
    'A log is written by each statement for itself, and the one that was left out loses what its caller was told.',
};
