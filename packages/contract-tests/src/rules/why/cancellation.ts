import type { Whys } from './whys.ts';

export const cancellation: Whys = {
  'abort-leaves-the-others':
    'Requests that are sent as one carry the signal of the first, and end for everybody when that caller goes away.',
  'aborted-before': 'Its reason is how the application knows who gave up.',
  'aborted-before-sends-nothing':
    'A caller that has gone must not acquire a key that nobody will release.',
  'aborted-in-flight': 'A request that was given up must not wait for a server that hangs.',
  'aborted-in-flight-is-legal': 'Half an operation is a state that no rule of the contract knows.',
  'aborted-claim-is-repeatable':
    'The claim may have landed; the retry must get it and not be in conflict with itself.',
  'unaborted-changes-nothing':
    'Every request of a server carries a signal, and nearly none aborts.',
  'no-listeners-left':
    'A signal that lives as long as the process collects a listener per call: a leak.',
  'abort-after-the-end':
    'The response is sent, the connection closes, the signal fires: nothing may follow.',
  'others-are-not-disturbed':
    'A connection that is torn down to cancel one statement takes its neighbours with it.',
  'aborted-without-a-backend':
    'The reason of the caller comes before the trouble of the server, or retries begin for nobody.',
  'abort-in-*':
    'A clean-up after an abort, such as a release out of kindness, undoes what may have happened.',
};
