import type { Whys } from './whys.ts';

export const repetition: Whys = {
  'claim-is-acquired-again':
    'The reply was lost, the claim was not: in conflict with itself, the key is stuck for a whole lease.',
  'complete-is-true-again':
    'Told false, the holder believes that it lost its lease, and reports work as lost that stands.',
  'complete-keeps-first-value': 'The first caller may have been answered with it already.',
  'complete-keeps-first-ttl': 'A retry must not move an end that was promised.',
  'renew-is-true-again': 'A lost heartbeat is no lost lease.',
  'release-leaves-vacant': 'It may be sent again by a layer that does not know of the first.',
  'store-is-the-same-again': 'Retries below the application must be invisible to it.',
  'remove-is-the-same-again': 'The same for what is to be gone.',
  'claim-after-completion-is-answered':
    'A claim that is delayed in the network arrives after the work was done, and must not begin it again.',
  'claim-keeps-fingerprint':
    'A repetition that writes the claim anew may write it without what it does not send.',
  'claim-keeps-the-first-fingerprint':
    'What the claim was told of the request has been answered to others already, and a result belongs to it.',
};
