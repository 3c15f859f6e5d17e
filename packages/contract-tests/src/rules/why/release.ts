import type { Whys } from './whys.ts';

export const release: Whys = {
  'own-claim-becomes-vacant':
    'After a failure the retry must not wait for the end of a lease that nobody needs.',
  'never-claimed-is-false': 'True would tell a caller without a claim that it held one.',
  'other-token-is-false': 'DEL without the token: whoever cleans up unlocks the door of another.',
  'token-is-compared-exactly': 'A collation that ignores case releases the claim of a stranger.',
  'completed-is-false': 'A clean-up after success that deletes the result has it all done again.',
  'stored-is-false': 'A result that was recorded by hand is nobody’s to release.',
  'lapsed-is-false': 'Told true, the late holder believes that nobody was warned of it.',
  'earlier-holder-does-not-release-next':
    'The finally block of a paused process runs, and frees the key under its successor.',
  'forgets-fingerprint':
    'A released key that remembers the fingerprint refuses the corrected request.',
};
