import type { Whys } from './whys.ts';

export const watch: Whys = {
  'support-is-declared': 'Waiters choose how often they ask by it.',
  'complete-wakes': 'This is the end that callers wait for; without it they poll.',
  'store-wakes': 'An operator’s answer reaches the waiters no later than a holder’s.',
  'release-wakes': 'Whoever waits may try now, and not at the end of a lease that is over.',
  'remove-wakes': 'A key that was freed by hand is free for those who wait for it.',
  'every-end-wakes':
    'A subscription that is spent by its first message leaves the waiter deaf for the next round.',
  'every-watcher-is-woken': 'A map from key to one function forgets all but the last caller.',
  'keys-are-exact':
    'A channel name with a limit or a pattern sends the message to nobody, or to the wrong one.',
  'unwatch-stops':
    'A wake for a caller that has gone is a leak, and ending one must not end its neighbours.',
  'unwatch-within-a-wake':
    'The first that is woken takes the key and sends the others home; one of those that runs on acts twice.',
  'throwing-wake-harms-nothing':
    'A waiter’s error would otherwise fail the completion that woke it, after the work was done.',
  'close-ends-watching': 'A closed client must not call into an application that took it down.',
  'watching-holds-nobody-up':
    'A connection in subscriber mode answers no commands; it must not be the one for operations.',
  'bad-key-is-refused':
    'A wait for a key that cannot be claimed never ends, so the mistake is told at once.',
  'bad-wake-is-refused':
    'Called when the key is free it would throw where nobody looks, and the waiter sleeps on.',
  'closed-is-refused': 'The same for a client that will never hear anything.',
  'unpromised-never-calls':
    'Whoever declares nothing and wakes now and then is relied on by accident.',
  'closing-leaves-other-watchers':
    'One process is deployed anew, and all the others wait in vain from then on.',
  'many-keys-at-once':
    'A table of ten channels, or a connection for each, leaves the eleventh waiter asking, or the server without connections.',
  'every-claim-wakes':
    'A statement of its own for a takeover, or for what was renewed, may forget to tell.',
  'changes-within-a-wake':
    'Who waits for one wake stops as it comes, so that a list is shortened under the loop that goes through it.',
  'goes-on-after-a-cut':
    'A subscription belongs to a connection: one that is not made again leaves every waiter to its timer, for good.',
  'told-within-a-wake':
    'Who is woken before the claim has ended asks, is told that it goes on, and sleeps through its end.',
  'again-after-a-stop':
    'Waiters come one after another, and a subscription that is still being given up, or was counted, is none.',
  'any-end-wakes': 'Whoever waits knows nothing of the result, and waits as long for an empty one.',
  'lost-replies-wake':
    'A wake-up that goes out with the reply is lost with it, and the result was recorded all the same.',
};
