import { isIdempotencyError } from '@idem/core';
import type { Database } from '../store/database.ts';
import { Deadlock } from '../store/transactions.ts';
import type { Call, Execution } from '../story/call.ts';
import type { Story } from '../story/story.ts';
import type { World } from '../world/world.ts';
import { hadOtherFingerprint, wasClaimed, wasRecorded } from './history.ts';
import type { Ledger } from './ledger.ts';

/** Whether what a call was answered agrees with what is, or was, in the store. */
export class Answers {
  readonly #world: World;
  readonly #database: Database;
  readonly #ledger: Ledger;
  readonly #story: Story;
  /** Calls that were told that nothing is recorded yet: recording may go on. */
  readonly #heldBack: Set<Call> = new Set();
  /** Calls that were told that nothing was recorded: it must stay so. */
  readonly #unrecorded: Set<Call> = new Set();

  constructor(world: World, database: Database, ledger: Ledger, story: Story) {
    this.#world = world;
    this.#database = database;
    this.#ledger = ledger;
    this.#story = story;
  }

  resolves(call: Call, result: unknown): void {
    this.#world.say(
      call.process.name,
      () => `${call.plan.id}: resolves with ${JSON.stringify(result)}`,
    );
    const { value, replayed, fence } = fields(result);
    const execution = this.#ledger.named(fields(value)['by']);
    if (execution === undefined || execution.claim.key !== call.plan.key) {
      this.#wrong(call, `resolved with ${JSON.stringify(value)}, which nobody returned`);
      return;
    }
    const own = call.executions.includes(execution);
    if (replayed === own) this.#wrong(call, `says replayed: ${replayed}`);
    if (own && fence !== execution.claim.fence) this.#wrong(call, `says fence ${fence}`);
    this.#agreesWithRecord(call, execution);
  }

  rejects(call: Call, error: unknown): void {
    const { id } = call.plan;
    this.#world.say(call.process.name, () => `${id}: rejects with ${words(error)}`);
    const { signal } = call.controller;
    if (signal.aborted && error === signal.reason) return;
    if (isIdempotencyError(error)) {
      this.#rejectsWithCode(call, error.code, error);
      return;
    }
    const thrown = error instanceof Error && /^(thrown|recorded) by /.test(error.message);
    if (thrown) {
      this.#rejectsAsThrown(call, error.message);
      return;
    }
    if (!this.#story.transactional) {
      this.#wrong(call, `rejected with ${words(error)}`);
      return;
    }
    const afterCommit = error instanceof Error && error.message.startsWith('begin failed after');
    if (!afterCommit) this.#isUnrecorded(call);
    if (error instanceof Deadlock || afterCommit) return;
    if (error instanceof Error && error.message.startsWith('connection lost')) return;
    this.#wrong(call, `rejected with ${words(error)}`);
  }

  /** Nothing that was said before has become untrue. */
  finish(): void {
    for (const call of this.#unrecorded) this.#isUnrecorded(call);
  }

  #rejectsWithCode(call: Call, code: string, error: unknown): void {
    const { plan, startedAt } = call;
    const { now } = this.#world;
    const row = this.#database.row(plan.key);
    this.#database.held(plan.key);
    const executed = call.executions.length > 0;
    // The answer may be that to a question which was under way when the call came, and what a
    // process knows of itself is older by its stalls.
    const asked = startedAt - this.#story.lease - call.process.stalledFor;
    switch (code) {
      case 'IDEM_IN_PROGRESS': {
        if (executed) this.#wrong(call, 'executed, and was told that another does');
        if (!wasClaimed(row, asked, now) && this.#neighbours(call).length === 0) {
          this.#wrong(call, 'in progress, but nobody held the key');
        }
        const { leaseRemaining } = fields(error);
        if (!Number.isInteger(leaseRemaining))
          this.#wrong(call, `leaseRemaining ${leaseRemaining}`);
        this.#wasNotRefusedUnfairly(call);
        return;
      }
      case 'IDEM_KEY_REUSED': {
        if (executed) this.#wrong(call, 'executed, and was told that the key was reused');
        const own = hashOf(this.#ledger, call);
        const here = this.#neighbours(call).some(
          (one) => one.call.plan.fingerprint !== plan.fingerprint,
        );
        // What its own process executes may have been removed behind its back.
        if (this.#story.removals.length > 0) return;
        if (
          own === undefined ||
          (!here && !hadOtherFingerprint(row, own, [asked, startedAt, now]))
        ) {
          this.#wrong(call, 'key reused, but no other fingerprint was there during the call');
        }
        return;
      }
      case 'IDEM_LEASE_LOST':
        this.#isUnrecorded(call);
        if (this.#story.calm) this.#mayBeLost(call);
        return;
      case 'IDEM_NOT_RECORDED': {
        this.#heldBack.add(call);
        const { value } = fields(error);
        const execution = this.#ledger.named(fields(value)['by']);
        if (execution?.call !== call) this.#wrong(call, 'not recorded, with a value of another');
        if (this.#story.calm) this.#mayBeLost(call);
        return;
      }
      case 'IDEM_RESULT_UNENCODABLE': {
        const spoilt = this.#ledger.executions.some(
          (one) =>
            one.claim.key === plan.key &&
            one.call.plan.script.ends === 'returns what no codec encodes',
        );
        if (!spoilt) this.#wrong(call, 'unencodable, but nobody returned such a thing');
        return;
      }
      default:
        if (!code.startsWith('IDEM_STORE_')) this.#wrong(call, `rejected with ${words(error)}`);
        if (executed && !this.#story.transactional) {
          this.#wrong(call, `executed, and was told ${code}`);
        }
        if (executed) this.#isUnrecorded(call);
        if (this.#story.calm) this.#wrong(call, `was told ${code} though nothing was wrong`);
    }
  }

  #rejectsAsThrown(call: Call, message: string): void {
    const execution = this.#ledger.named(message.replace(/^(thrown|recorded) by /, ''));
    if (execution === undefined) {
      this.#wrong(call, `rejected with “${message}”`);
      return;
    }
    if (execution.call === call) return;
    if (message.startsWith('thrown')) this.#wrong(call, `was thrown what ${execution.id} threw`);
    this.#agreesWithRecord(call, execution);
  }

  #agreesWithRecord(call: Call, execution: Execution): void {
    const { plan, startedAt } = call;
    const row = this.#database.row(plan.key);
    // The record may have expired since a question that was under way when the call came was answered.
    const asked = startedAt - this.#story.lease - call.process.stalledFor;
    if (!wasRecorded(row, execution.claim, asked, this.#world.now)) {
      this.#wrong(call, `was given what ${execution.id} returned, which is not in the store`);
    }
    const { fingerprint } = execution.call.plan;
    const differs = fingerprint !== undefined && plan.fingerprint !== undefined;
    if (differs && fingerprint !== plan.fingerprint) {
      this.#wrong(call, `was given the result of a request with another fingerprint`);
    }
  }

  /** Executions that its own process had under way, whatever had become of them at the store. */
  #neighbours({ plan, process, startedAt }: Call): readonly Execution[] {
    return this.#ledger.executions.filter(({ call, claim, endedAt = Number.POSITIVE_INFINITY }) => {
      if (call.process !== process || claim.key !== plan.key) return false;
      const goesOn = call.controller.signal.aborted || this.#heldBack.has(call);
      const until = goesOn ? endedAt + 3 * this.#story.lease : call.settledAt;
      return (until ?? Number.POSITIVE_INFINITY) >= startedAt;
    });
  }

  /** A waiter is refused only while there is no result, or it has just come. */
  #wasNotRefusedUnfairly(call: Call): void {
    const { calm, weather } = this.#story;
    if (!calm || call.plan.wait === 0) return;
    const known = this.#world.now - 2 * (weather.slowest + weather.slowestClaim) - 20;
    const record = this.#database.recorded(call.plan.key);
    if (record !== undefined && record.since < known) {
      const late = Math.round(this.#world.now - record.since);
      this.#world.fail(
        'waiters get results',
        `${call.plan.id} waited and was refused ${late} ms after the result was recorded`,
      );
    }
  }

  #isUnrecorded(call: Call): void {
    this.#unrecorded.add(call);
    const row = this.#database.row(call.plan.key);
    const claims = call.executions.map(({ claim }) => claim);
    const settledAt = call.settledAt ?? this.#world.now;
    if (row.records.some(({ claim, end }) => claims.includes(claim) && end > settledAt)) {
      this.#wrong(call, 'was told that nothing was recorded, but its result was');
    }
  }

  /** Where nothing goes wrong a lease is lost only to the maximum hold. */
  #mayBeLost(call: Call): void {
    // Between two transactions that keep the claim nobody does, and somebody else may come.
    if (this.#story.holds === 'held') return;
    const last = call.executions.at(-1);
    const held = this.#world.now - (last?.claim.since ?? this.#world.now);
    if (held >= this.#story.maxHold - 10) return;
    this.#world.fail(
      'is renewed',
      `${call.plan.id} lost its lease after ${Math.round(held)} ms of calm`,
    );
  }

  #wrong(call: Call, what: string): void {
    this.#world.fail('agrees with the record', `${call.plan.id} ${what}`);
  }
}

/** Fingerprints are hashed: the hash of this call's is learnt from the claims that say the same. */
function hashOf(ledger: Ledger, call: Call): string | undefined {
  const { fingerprint } = call.plan;
  if (fingerprint === undefined) return undefined;
  const same = ledger.executions.find((one) => one.call.plan.fingerprint === fingerprint);
  return same?.claim.fingerprint ?? fingerprint;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function words(error: unknown): string {
  if (isIdempotencyError(error)) return error.code;
  return error instanceof Error ? `“${error.message}”` : String(error);
}
