import type { Whys } from './whys.ts';

export const model: Whys = {
  'any-sequence': 'Bugs hide in orders that nobody thought of; the shortest one is printed.',
  'any-sequence-in-time': 'The same where the end of a time falls between two steps.',
  'every-move-in-every-situation':
    'What is left in a row depends on how it came there, and the one way that was forgotten still owes a warning, or no longer does.',
};

export const linearizability: Whys = {
  'many-clients':
    'A stale read or a lost update is invisible to each caller, and to all rules of one key in turn.',
  'one-holder':
    'A lock is right only in every interleaving, so histories are checked and not cases.',
  'given-up':
    'What the caller gave up may land late, and must then be one operation like any other.',
  lapsing: 'Most interleavings that hurt have a lease end in the middle of them.',
  processes:
    'What clients share within a process, such as a cache or a lock, hides what machines do not share.',
  'stepped-on-by-another-process':
    'Two statements where one is needed lose what another process wrote between them, and one process alone never shows it.',
};
