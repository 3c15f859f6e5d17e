import type { Whys } from './whys.ts';

export const faults: Whys = {
  'lost-claim':
    'A reply that is lost is the fault that idempotency is made for; its own store must stand it.',
  'lost-complete': 'The work is done and recorded, and its caller must not be told otherwise.',
  'lost-renew': 'One dropped packet must not end an hour of work.',
  'lost-release': 'A release that is retried may meet the next holder, and must leave it alone.',
  'lost-release-is-no-refusal':
    'Told that it held nothing, a caller looks for whoever took the claim, and nobody did.',
  'lost-release-of-nothing':
    'A store that takes every second try for its own tells a stranger that it let go of a claim.',
  'lost-store-and-remove': 'What an operator did must be done, whatever the network lost.',
  'lost-find-and-exists': 'An error turned into null says that nothing was paid.',
  'lost-reply-of-every-move':
    'Each move is sent again by its own lines of the adapter, and the one that nobody tried guesses.',
  'lost-replies-of-a-takeover':
    'A takeover that is sent again looks like any claim of its own token, and must not lose that somebody half began.',
  'lost-release-overtaken':
    'Told true, its caller would believe that nobody holds the key, while the next one works.',
  'sent-in-vain-in-every-move':
    'Whoever sends again and finds something there takes it for what the first try left, which never arrived.',
  'late-replies-are-of-what-was-asked':
    'Whoever joins a question that is under way may join one that was answered before the payment was made.',
  'losses-under-contention':
    'The retry of a lost claim races with strangers, where alone it was right.',
  'cut-is-reported':
    'Failing closed needs an error: a hang holds the request, a guess executes it.',
  'works-after-restore': 'A client that stays broken has to be restarted at night.',
  'cut-in-flight': 'Nobody knows which of them landed; each must be repeatable all the same.',
  'silence-ends':
    'A firewall that drops packets gives no error, so the adapter’s own deadline must.',
  'works-after-crash':
    'A server comes back without scripts, sessions and prepared statements; the client has to notice.',
  'given-before-a-cut': 'A caller that reuses its buffer would rewrite what is still to be sent.',
  'closed-in-an-outage':
    'Whoever restarts a service in an outage must not wait for ever, and a caller must be told more than that a connection is closed.',
};
