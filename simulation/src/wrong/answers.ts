import { type WrongExecutor, wrong } from './edit.ts';

const ROOM = 'executor/run/room.ts';
const RECORDING = 'executor/run/recording.ts';
const ATTEMPT = 'executor/run/attempt.ts';

export const wrongAnswers: readonly WrongExecutor[] = [
  wrong(
    'replays whatever the fingerprint is',
    ROOM,
    'if (call.fingerprint !== undefined && !this.#compare(',
    'if (false && !this.#compare(',
  ),
  wrong(
    'passes off as recorded what the store refused',
    RECORDING,
    `ended(held ? { kind: 'recorded', record } : attempt.lose('completion-refused'));`,
    `ended({ kind: 'recorded', record });`,
  ),
  wrong(
    'passes off as recorded what the store did not confirm',
    RECORDING,
    '      ended(notRecorded(attempt, record, error));',
    `      ended({ kind: 'recorded', record });`,
  ),
  wrong(
    'releases a claim that took over, and forgets what it displaced',
    'executor/run/release.ts',
    'return takeover ? store.renew(key, token, SHORTEST_LEASE) : store.release(key, token);',
    'return store.release(key, token);',
  ),
  wrong(
    'hangs with a release that hangs',
    ATTEMPT,
    `await this.whileHeld(asked, 'release');`,
    'await asked;',
  ),
  wrong(
    'takes nonsense for an answer to a claim',
    ATTEMPT,
    '      checkClaimResult(result, this.call.recordKey);\n',
    '',
  ),
];
