import type { Whys } from './whys.ts';

export const expiry: Whys = {
  'stored-ends-with-its-ttl':
    'One moment too long and a key that may be used again is refused; too short and it is executed again.',
  'completed-ends-with-its-ttl': 'How long a retry is safe is promised to clients by this number.',
  'claim-ends-with-its-lease': 'Two holders for a millisecond are two holders.',
  'expired-is-vacant-for-all':
    'Stores that delete later, in a job, must not show until then what is over.',
  'lapsed-is-vacant-for-all':
    'A late holder whose own token still works acts beside its successor.',
  'old-end-does-not-end-new-record':
    'A timer or a scheduled deletion of the last record deletes the next one.',
  shortest: 'Rounded to seconds, or down to 0, a short time is for ever or never.',
  'long-ttls-do-not-run-over': 'A sum in 32 bits ends in the past, and the result is gone at once.',
  'long-ttl-is-not-cut':
    'A backend’s own limit, or a timer’s, must not quietly shorten what was promised.',
  'ten-years-are-kept':
    'The longest promise of the contract is stated even where nobody can wait for it.',
  'clients-clock-fast':
    'A virtual machine that woke from a snapshot is hours off, and must not void everybody’s claims.',
  'clients-clock-slow': 'One that is slow must not keep them for hours.',
  'clients-clock-and-fences':
    'A fence from a fast client would make every later one smaller, and lock the key downstream.',
  'clients-clock-in-*':
    'One operation that sends its own now plus the lease is enough, and it is seldom the one that a test looks at.',
  'long-in-*': 'A parameter of 32 bits in one statement cuts 25 days off without an error.',
  'what-is-left-is-never-nothing':
    'Who is told that nothing is left asks again at once, and at once, until the lease is over.',
  'purging-takes-what-is-over-alone':
    'A purge that goes by the age of a row, and not by its end, deletes what was promised, and nobody sees it for weeks.',
};
