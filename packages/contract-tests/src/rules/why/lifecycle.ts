import type { Whys } from './whys.ts';

export const lifecycle: Whys = {
  'close-twice': 'Shutdown paths cross; the second must not throw where nobody catches.',
  'close-unused': 'A process that failed early shuts down what it never used.',
  'closed-is-refused':
    'Silence, or a connection that opens again by itself, keeps a process from ending.',
  'closing-is-refused': 'What begins during a shutdown is cut off in the middle.',
  'dispose-closes': '`await using` is how a test or a script closes, and a leak there is a hang.',
  'others-stay-open': 'A pool shared behind the scenes must not end with the first of its users.',
  'records-outlive-clients':
    'Records tied to a session vanish with a deployment, and everything is executed again.',
  'many-clients': 'A connection left behind per client exhausts the server in a day.',
  'comings-and-goings-leave-what-is-owed':
    'A deployment opens and closes every client, and what was half done before it is still half done.',
  'supports-is-declared':
    'An application that needs durability refuses to start on a store without it.',
  'handed-in-is-not-closed':
    'The application goes on using its own pool after the store is closed.',
  'nothing-keeps-the-process-alive': 'A purge timer that holds a process makes every script hang.',
  'one-round-trip': 'Latency is paid per question; a second one doubles what idempotency costs.',
  'full-is-refused':
    'A store that makes room by forgetting executes twice, exactly when it is busiest.',
  'close-under-*':
    'A deployment closes under load: an answer that is rolled back afterwards, or a promise that never settles, is a payment in doubt.',
};
