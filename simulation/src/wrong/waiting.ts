import { type WrongExecutor, wrong } from './edit.ts';

const ROOM = 'executor/run/room.ts';
const CALL = 'executor/run/call.ts';

export const wrongWaiting: readonly WrongExecutor[] = [
  wrong(
    'pauses by the end of a lease of long ago',
    ROOM,
    '    this.#leaseEndsAt = undefined;\n    switch',
    '    switch',
  ),
  wrong('pauses beyond a deadline', ROOM, '    pause.notAfter(call.deadline);\n', ''),
  {
    name: 'compares with the fingerprint of an answer of long ago',
    edits: [
      {
        file: ROOM,
        from: '  #fruitless = 0;\n',
        to: '  #fruitless = 0;\n  #seen: string | null | undefined;\n',
      },
      {
        file: ROOM,
        from: `        this.#leaseEndsAt = this.#config.timers.now() + answer.leaseRemaining;\n`,
        to:
          `        this.#leaseEndsAt = this.#config.timers.now() + answer.leaseRemaining;\n` +
          `        this.#seen = answer.fingerprint;\n`,
      },
      {
        file: ROOM,
        from: `    if (this.#pause !== undefined && !call.isLate) return this.#rest(call).then(nothing);\n`,
        to:
          `    if (this.#pause !== undefined && call.differs(this.#seen)) throw call.keyReused();\n` +
          `    if (this.#pause !== undefined && !call.isLate) return this.#rest(call).then(nothing);\n`,
      },
    ],
  },
  wrong(
    'waits without a deadline',
    CALL,
    '      cancel = timers.start(deadline - timers.now(), true, () => settle(false));\n',
    '',
  ),
  wrong(
    'wakes nobody when a pause ends early',
    'executor/run/pause.ts',
    '    this.#timers.clear(this);\n    this.over.open();\n',
    '    this.#timers.clear(this);\n',
  ),
  wrong(
    'executes for a caller that has gone',
    ROOM,
    '        !call.isGone &&\n        attempt.execute(',
    '        attempt.execute(',
  ),
  wrong(
    'releases a claim of which it is not sure as if it had displaced nobody',
    ROOM,
    'if (this.#unsure !== undefined) this.#release(this.#unsure.token, true);',
    'if (this.#unsure !== undefined) this.#release(this.#unsure.token, false);',
  ),
  wrong(
    'uses one token for all claims',
    ROOM,
    'if (unsure === undefined) return this.#config.runtime.createToken();',
    `if (unsure === undefined) return 'always-the-same-token-';`,
  ),
  wrong('keeps a room for ever', ROOM, '    this.#rooms.delete(this.#key);\n', ''),
  wrong(
    'keeps listening to a signal for ever',
    CALL,
    `const leave = (): void => signal.removeEventListener('abort', abort);`,
    'const leave = (): void => {};',
  ),
  wrong(
    'leaves a failed release unhandled',
    ROOM,
    'release(this.#config.store, this.#key, token, takeover).catch(() => {});',
    'void release(this.#config.store, this.#key, token, takeover);',
  ),
];
