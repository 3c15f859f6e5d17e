import type { Whys } from './whys.ts';

export const findStore: Whys = {
  'vacant-is-null':
    'Whoever looks before acting takes anything but null for a result, and never acts.',
  'stored-is-found': 'A result that is not found again is worked out, and paid for, again.',
  'claimed-is-not-found':
    'Half a result, or an empty one, would be replayed as if the work were done.',
  'completed-is-found':
    'What the executor recorded must be there for code that only reads; two kinds of records would drift apart.',
  'store-replaces': 'A correction by hand must win over what it corrects, or nobody can correct.',
  'store-replaces-ttl':
    'An upsert that leaves the old expiry drops a fresh result early, and its key is executed again.',
  'store-completes-claimed':
    'An operator who knows the outcome records it while a holder hangs; an answer that waits for the lease helps nobody.',
  'store-voids-claim': 'The late holder would otherwise overwrite what was recorded in its place.',
  'store-has-no-fingerprint':
    'A fingerprint left from another request refuses every caller as one who reused the key.',
  'store-has-no-token':
    'The displaced holder would be told that its own result stands, and pass on one that does not.',
  'reading-changes-nothing': 'A sliding expiry lets whoever polls keep a stale result for ever.',
  'keys-are-independent': 'A deletion by pattern, or a shared row, loses the results of strangers.',
  'clients-share-records':
    'A cache in the client hides what another machine did, and both execute.',
  'store-over-lapsed':
    'A dead claim that still blocks would wedge its key against the operator too.',
  'store-over-lapsed-is-whole':
    'An UPDATE of three columns leaves the others as the dead claim had them.',
  'store-of-the-same-value':
    'A database that skips an update without a change also skips the new ttl and the cleared token.',
};
