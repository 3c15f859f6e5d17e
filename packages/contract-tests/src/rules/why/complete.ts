import type { Whys } from './whys.ts';

export const complete: Whys = {
  'own-claim-is-recorded': 'Without it the work was done and every retry does it again.',
  'keeps-fingerprint':
    'A replay is refused to a different request by this fingerprint, and by nothing else.',
  'never-claimed-is-false':
    'An upsert records the result of whoever holds nothing, such as a holder whose claim was pruned.',
  'other-token-is-false': 'A result by a stranger ends the lease of the one who works.',
  'token-is-compared-exactly':
    'A collation that ignores case lets one caller complete for another.',
  'other-token-on-completed-is-false':
    'Told true, a loser hands on its own result while the record says another.',
  'on-stored-is-false': 'What was stored by hand must not be replaced by the holder it displaced.',
  'after-release-is-false':
    'The key may be in somebody else’s hands by now; true would be two results of one key.',
  'after-remove-is-false':
    'The operator took the claim away; the holder must learn of it before it answers its caller.',
  'late-owner-does-not-overwrite':
    'The slow process wakes up after its successor finished: a SET without the token changes history.',
  'lapsed-is-false':
    'Nobody else came, this time; a lease that ends only when contested is no lease, and a transaction would commit on it.',
  'just-before-the-end-is-true':
    'A store that rounds the lease down throws away work that was done in time.',
  'ttl-counts-from-completion':
    'Counted from the claim, the result of an hour’s work has lost an hour, and may expire at once.',
  'outlives-the-lease': 'A row whose only expiry is the lease’s takes the result with it.',
  'ttl-may-be-shorter-than-the-lease':
    'The greater of the two keeps for an hour what was to go after a second.',
  'after-expiry-is-false':
    'What expired is gone; a caller told true would look for a result that nobody has.',
};
