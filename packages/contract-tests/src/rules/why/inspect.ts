import type { Whys } from './whys.ts';

export const inspect: Whys = {
  'untouched-is-vacant':
    'An operator who sees a claim that is not there looks for a holder who is not there.',
  'claimed-is-told':
    'By the fence an operator finds the holder in the logs, by the takeover what to fear.',
  'completed-is-told': 'By the fingerprint one sees whether the same request made it.',
  'stored-has-no-fingerprint':
    'A left-over fingerprint says that a request made what a person stored.',
  'ended-owes-nothing': 'A warning of half-done work sends people to look for it.',
  'next-holder-is-told':
    'A fence or fingerprint from the row’s last life leads to the wrong process.',
  'every-client-sees-the-same': 'The one who looks is never the process that holds the key.',
  'changes-nothing': 'Who looks must not heal, claim or prune: looking twice has to show the same.',
  'transfers-no-value':
    'Sixteen megabytes for a glance at a lease slow down the very server one is worried about.',
  'lapsed-owes-a-takeover':
    'This is the state in which money may be half moved, and the one an operator looks for.',
  'takeover-is-told': 'A holder that reconciles takes longer; one sees why, and that it is over.',
  'expired-is-vacant':
    'A row that is still on the disk is not a result; said to be one, it is looked for in vain.',
  'lease-remaining-counts-down':
    'Whoever waits for a lease to end before stepping in waits for the right time.',
  'ttl-remaining-counts-down':
    'How long a client may still retry without a second execution is told by this alone.',
  'held-for-counts-from-the-claim':
    'A hung handler that renews for an hour would always look a few seconds old.',
  'held-for-begins-anew': 'A row that is used again makes a fresh holder look hung.',
  'does-not-touch-times': 'A dashboard that polls would keep dead claims and old results alive.',
  'long-times-are-told':
    'A remainder in 32 bits turns ten years into a negative number on the screen.',
};
