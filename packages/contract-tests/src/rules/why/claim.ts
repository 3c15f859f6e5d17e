import type { Whys } from './whys.ts';

export const claim: Whys = {
  'vacant-is-acquired': 'Otherwise nothing is ever executed.',
  'first-is-no-takeover':
    'A handler that is told of a takeover reconciles with a payment provider; a false alarm costs that each time.',
  'fence-is-whole':
    'A downstream system compares fences; a float that was rounded makes two holders equal.',
  'other-is-in-progress': 'This is the lock: two who are both acquired both charge the card.',
  'in-progress-has-holders-fingerprint':
    'Compared with itself every request fits, and a reused key goes unnoticed while the first one runs.',
  'in-progress-without-fingerprint':
    'An empty string is a fingerprint that fits no request, and refuses every retry.',
  'lease-remaining-is-whole':
    'Callers sleep for it: 0 makes them spin, a fraction breaks timers, too much keeps them waiting.',
  'lease-remaining-counts-down':
    'The whole lease told each time makes every caller wait for longer than it has to.',
  'completed-is-answered':
    'The replay needs no second question, and between two questions the record could expire.',
  'completed-without-fingerprint':
    'An invented fingerprint refuses the retry of whoever gave none.',
  'stranger-does-not-replace-holder':
    'SET without NX: whoever asks takes the lock from the one who works.',
  'stranger-does-not-restart-lease':
    'Callers that poll would keep the key of a dead holder for ever.',
  'asking-keeps-completed':
    'A replay that lengthens the ttl, or writes the record anew, keeps what should expire.',
  'own-token-acquires-again':
    'The reply to the first try may be lost; in conflict with itself, the caller would wait out its own lease.',
  'own-token-restarts-lease':
    'After a slow retry the caller counts its lease from the retry; the backend must not end it before.',
  'own-token-sees-own-result':
    'A caller that missed the reply to its completion must get the result and not the lock.',
  'fence-grows-after-release':
    'A released holder that was paused, not dead, still writes downstream; an equal fence lets it.',
  'fence-grows-after-remove':
    'The fence must outlive the row that an operator deleted while its holder was only slow.',
  'fence-grows-after-completed-and-removed':
    'A result that is removed to run the work again begins a new holder, whom the old one must not pass for.',
  'fence-grows-after-store-and-remove':
    'store takes the row of the claim, and its fence with it, unless somebody thought of that.',
  'fence-grows-after-lapse':
    'This is what fences are for: the holder that slept past its lease wakes up and writes.',
  'fence-grows-after-expiry':
    'A counter that lives in the record begins at 1 again once the record is gone.',
  'fence-grows-after-stored-expiry': 'The same by the way of store, where no claim completed.',
  'own-lapsed-token-is-a-new-claim':
    'Between its lease and its return another may have come and gone; the old fence would hide that.',
  'fence-is-kept-by-own-token-after-others-asked':
    'A counter that grows with each question gives the holder another fence than the one it wrote with.',
  'fence-grows-across-clients':
    'A counter in each client, or its own clock, orders nothing between machines.',
  'fence-grows-on-a-busy-key':
    'A clock in milliseconds alone gives the same fence twice within one.',
  'fence-when-the-clock-steps-back':
    'A promise that rests on a clock says so, or somebody relies on more than there is.',
  'fences-after-*':
    'Each way in which a claim ends has code of its own that may drop the fence, and a month later nobody remembers it.',
  'takeover-after-lapse':
    'Somebody may have charged and died before recording it; whoever comes next has to look.',
  'takeover-after-every-lapse':
    'The second victim of a poisoned key is in the same danger as the first.',
  'takeover-is-repeated': 'The warning may be in the very reply that was lost.',
  'no-takeover-after-release':
    'A release says that nothing was done, or that it was undone; a warning after it is noise that trains people to ignore it.',
  'no-takeover-after-remove': 'An operator who removed the claim has looked already.',
  'no-takeover-after-expiry': 'A result that expired was recorded: nobody died in the middle.',
  'no-takeover-after-settled-takeover': 'A warning that never ends says nothing any more.',
  'late-holder-cannot-hide-its-lapse':
    'A heartbeat or a clean-up that comes too late must not wipe out the only trace of what it half did.',
  'remove-cannot-hide-a-lapse':
    'A clean-up job that removes what looks dead would hide every crash.',
  'late-holder-cannot-touch-takeover':
    'DEL without a look at the token: the late holder opens the door to a third.',
  'lapse-is-remembered-for-a-day':
    'A client that retries after a night is told what happened; a row that went with its lease tells nothing.',
  'lapse-is-remembered-by-a-server': 'The same promise where no test can move the clock.',
  'takeover-leaves-nothing-of-the-lapsed':
    'The fingerprint of the dead would refuse the retries of the living as a reused key.',
  'expiry-leaves-nothing':
    'A row that is used again carries what its last life left in the columns that nobody set.',
  'lapse-remembered-*':
    'A day that counts from when the claim began, or from the last look, is over before the client retries after a night.',
  'fingerprint-whole-*':
    'A fingerprint that is cut, folded or read as a number agrees with another request, or refuses its own retry.',
  'answers-tell-no-token': 'Who learns the token can complete, and is answered as the holder is.',
  'over-remnants-is-like-any-other':
    'A row that is used again still holds a value, and whoever takes that for a result will not let the holder go.',
};
