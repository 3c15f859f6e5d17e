import { type WrongExecutor, wrong } from './edit.ts';

const LEASE = 'executor/run/lease.ts';
const ATTEMPT = 'executor/run/attempt.ts';

export const wrongLeases: readonly WrongExecutor[] = [
  wrong(
    'takes a grant that is handled after its lease for one',
    LEASE,
    'if (this.lost || now >= this.#endsAt) return false;',
    'if (this.lost) return false;',
  ),
  wrong(
    'renews first a third of the lease after the answer',
    LEASE,
    `    this.#keepUntil = until;\n`,
    `    this.#keepUntil = until;\n    this.#nextRenewal = this.#config.timers.now() + this.#third;\n`,
  ),
  wrong(
    'counts a renewed lease from the answer',
    LEASE,
    'const endsAt = renewal.sentAt + this.#duration;',
    'const endsAt = now + this.#duration;',
  ),
  {
    name: 'ignores a refused renewal',
    edits: [
      { file: LEASE, from: 'if (held === false) {', to: 'if (held === null) {' },
      { file: LEASE, from: 'held === true && now < endsAt', to: 'held !== undefined' },
    ],
  },
  wrong(
    'never renews',
    ATTEMPT,
    'return this.lease.keep(this.#keepUntil, now);',
    'return !this.lease.isOver;',
  ),
  wrong(
    'renews beyond the maximum hold',
    LEASE,
    'return this.#nextRenewal <= this.#keepUntil ? this.#nextRenewal : NEVER;',
    'return this.#keepUntil > 0 ? this.#nextRenewal : NEVER;',
  ),
  wrong(
    'lets a renewal that hangs keep the next from being sent',
    LEASE,
    '      this.#renewal.stop.abort();\n      this.#renewal = undefined;\n      this.#notRenewed(now);\n',
    '      this.#config.timers.set(this, this.#endsAt);\n      return;\n',
  ),
  wrong('aborts nobody who lost the lease', ATTEMPT, '    this.#abort?.abort(error);\n', ''),
  wrong(
    'leaves a failed renewal unhandled',
    LEASE,
    '      () => this.#answered(renewal, undefined),\n',
    '',
  ),
  wrong(
    'tells the function of no takeover',
    ATTEMPT,
    '    const { fence, takeover, token } = this;\n    const { key, scope } = this.call;\n',
    '    const { fence, token } = this;\n    const takeover = false;\n    const { key, scope } = this.call;\n',
  ),
];
