import type { Whys } from './whys.ts';

export const argumentsWhys: Whys = {
  ttl: 'NaN, 0 or seconds taken for milliseconds make a record that is gone at once or never goes.',
  lease: 'The same mistake makes a lock that holds nobody, or everybody for ever.',
  value: 'Text is encoded by guess in each driver, and comes back as something else.',
  token: 'A short token is guessed or repeated, and then two are the holder.',
  fingerprint: 'What does not fit the column is cut, and then different requests agree.',
  request: 'A forgotten request would be a claim with an undefined token, the same for all.',
  options: 'A signal that is none never aborts, and nobody notices.',
  'limits-are-accepted': 'A limit that refuses itself breaks whoever reads the documentation.',
  'undefined-is-left-out':
    'Callers pass on what they were given; undefined must not mean something else.',
  'never-thrown-at-the-call':
    'A throw where a promise is awaited passes by the catch of whoever chains.',
  'refusal-changes-nothing': 'A refusal after a first step leaves half of it.',
  'message-says-what-was-wrong':
    'The error is read at night; and what is marked as retryable is sent again for ever.',
  'refused-without-a-backend':
    'A mistake in the program must look like one, also while the server is down.',
};
