import type { Whys } from './whys.ts';

export const renew: Whys = {
  'own-claim-is-true': 'Long work needs the lease to go on; false makes the executor give up.',
  'restarts-the-lease':
    'Added to what was left, leases grow without end; left as it was, long work is overtaken.',
  'may-shorten':
    'A holder that is about to stop gives the key back sooner; the greater of both would not.',
  'never-claimed-is-false': 'An upsert creates a claim that nobody holds.',
  'other-token-is-false': 'Somebody else’s heartbeat keeps a dead holder alive.',
  'token-is-compared-exactly':
    'A collation that ignores case lets a stranger keep the claim alive.',
  'completed-is-false':
    'A heartbeat that comes after the completion must not turn the ttl of a day into a lease of seconds.',
  'stored-is-false':
    'Somebody stored over the claim: a heartbeat must not give that record a lease.',
  'lapsed-is-false':
    'A claim that comes back to life may have been taken and finished meanwhile, with nobody to tell.',
  'just-before-the-end-is-true':
    'A heartbeat on a busy machine comes late; as long as it is in time it must count.',
  'late-heartbeat-does-not-help-the-thief':
    'EXPIRE without the token: the old holder keeps its successor’s lock, whoever that is.',
  'released-is-false': 'The heartbeat and the release cross; the claim must stay released.',
  'takeover-survives-renew':
    'An UPDATE that writes the whole row forgets the warning that the retry still needs.',
  'many-times': 'Work of hours renews hundreds of times; what adds up must not run over.',
};
