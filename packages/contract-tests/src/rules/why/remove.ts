import type { Whys } from './whys.ts';

export const remove: Whys = {
  'vacant-is-nothing': 'A clean-up is repeated, and must not fail the second time.',
  'stored-becomes-vacant': 'What may not be kept any longer, by law say, has to be gone.',
  'completed-becomes-vacant':
    'A token that is remembered would tell a late completion that its result stands.',
  'claimed-becomes-vacant': 'This is how an operator frees a key whose holder hangs.',
  'voids-claim': 'The holder that was only slow must not record over the next one.',
  'only-this-key': 'A prefix or a pattern in the deletion takes the neighbours with it.',
  'may-be-used-again':
    'What marks a removed key, such as a tombstone, must not stand in the way of its next life.',
};
