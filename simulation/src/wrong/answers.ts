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
    `      if (!held) return attempt.lose('completion-refused');\n`,
    '',
  ),
  wrong(
    'passes off as recorded what the store did not confirm',
    RECORDING,
    'return notRecorded(attempt, record, failure);',
    `return { kind: 'recorded', record };`,
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
    '      checkClaimResult(result, key);\n',
    '',
  ),
];
