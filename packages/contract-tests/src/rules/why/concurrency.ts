import type { Whys } from './whys.ts';

export const concurrency: Whys = {
  'one-winner': 'GET and then SET, or MERGE without HOLDLOCK: two are told that they were first.',
  'losers-see-the-winner': 'By that fingerprint a reused key is refused while the first one runs.',
  'one-takeover': 'The moment a lease ends is when everybody who waited comes at once.',
  'one-winner-after-remove': 'A row that is deleted and inserted again passes through a gap.',
  'same-token-is-one-claim': 'A retry overtakes its first try; the two must not get two fences.',
  'holders-exclude-each-other': 'This is the promise itself, under the load under which it breaks.',
  'claim-and-complete':
    'Read as claimed and then found gone, a record that was just completed looks vacant.',
  'release-and-complete': 'Both true would be a result that the next claim does not see.',
  'store-and-complete': 'An operator’s word is the last one, whatever was under way.',
  'remove-and-complete': 'The same: what was to be gone is gone.',
  'completes-agree': 'Two tries of one completion must not leave one’s value and the other’s ttl.',
  'renew-and-takeover':
    'Both true is two holders; the heartbeat checks, waits for the lock, and writes.',
  'complete-and-takeover': 'Both true is the same payment twice.',
  'keys-do-not-disturb': 'A lock on a table or a page makes strangers wait, or die in a deadlock.',
  'busy-key-ends-well':
    'Deadlock victims and serialisation failures are the adapter’s to repeat, not the user’s.',
  'many-bytes':
    'A limit on memory that is kept by dropping what is oldest executes again what was paid, and when it is busiest.',
  'many-records':
    'A bound, an eviction policy or a cache of a thousand entries forgets results silently.',
  'many-claims-keep-what-is-owed':
    'Pruning by the way must not take what the next claim still needs.',
  'all-at-once':
    'What is asked in one turn is gathered into one request, and the answers are dealt out by position.',
  'room-comes-back':
    'Room that is counted and never given back fills an empty store, and then it refuses everything.',
  'many-that-end-are-all-owed':
    'A memory of the last some hundred lapses serves every day but the one on which a host dies.',
  'large-values-are-whole':
    'What is kept in pieces is written and read in several steps, and only a race with a large value shows it.',
  'many-at-once-in-*':
    'A pool with a queue of its own refuses or hangs at its size, and only under load.',
  'apart-in-*':
    'Requests for one key that are joined into one query give the stranger the holder’s answer.',
  'anew-in-*':
    'An answer that was kept for some milliseconds, or that another caller waits for, is older than what was acknowledged meanwhile.',
  'acts-anew-in-*':
    'Who is joined to what was asked a moment ago is told that it is done, and what came in between stands.',
  'counts-anew-in-*':
    'A heartbeat that is answered by the one before it, still under way, holds for less than it was told.',
  'hundreds-in-one-turn':
    'A number that wraps, or a queue that is dealt out wrongly, gives one customer the answer of another.',
  'tidying-spares-what-is-new':
    'A look that finds a record over and deletes it a moment later deletes whatever was recorded in that moment.',
  'many-times-on-one-key':
    'A heartbeat that is refused after so many, or a version that is counted in a byte, ends a long run in the middle.',
};
