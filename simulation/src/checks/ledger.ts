import type { RunContext } from '@idem/core';
import type { Claim, Database } from '../store/database.ts';
import type { Call, Execution } from '../story/call.ts';
import type { Story } from '../story/story.ts';
import type { World } from '../world/world.ts';
import { takeoverIsOwed } from './history.ts';

/** Timers may be so late, in milliseconds, and so may what they tell. */
const GRACE = 10;

/** Every execution there was, each checked as it begins, takes effect and ends. */
export class Ledger {
  readonly executions: Execution[] = [];
  readonly #world: World;
  readonly #database: Database;
  readonly #story: Story;
  readonly #effects: Execution[] = [];

  constructor(world: World, database: Database, story: Story) {
    this.#world = world;
    this.#database = database;
    this.#story = story;
  }

  of(claim: Claim): readonly Execution[] {
    return this.executions.filter((execution) => execution.claim === claim);
  }

  named(id: unknown): Execution | undefined {
    return this.executions.find((execution) => execution.id === id);
  }

  begins(call: Call, context: RunContext): Execution {
    const { key, id: callId } = call.plan;
    const { transactional } = this.#story;
    const row = this.#database.row(key);
    const { fence, takeover, token, signal } = context;
    const held = this.#database.held(key);
    const claim = row.claims.find((other) => other.fence === fence && other.token === token);
    const id = `${call.process.name}.${callId}.${call.executions.length + 1}`;
    const told = takeover ? ', told of a takeover' : '';
    this.#world.say(call.process.name, () => `${id}: fn begins under fence ${fence}${told}`);
    if (!transactional && call.settledAt !== undefined) {
      this.#world.fail('begins for a caller', `${id} began when its caller had gone`);
    }
    if (claim === undefined) {
      this.#world.fail('holds its claim', `${id} began under a claim that the store never granted`);
      throw new Error('no claim');
    }
    const removed = claim.fate === 'removed';
    if ((held !== claim && !removed) || row.lock?.record?.claim === claim) {
      const now = row.lock === undefined ? claim.fate : 'about to be recorded';
      this.#world.fail(
        'holds its claim',
        `${id} began under fence ${fence}, whose claim is ${now}`,
      );
    }
    const earlier = this.of(claim);
    const again = transactional
      ? earlier.some((one) => one.endedAt === undefined)
      : earlier.length > 0;
    if (again) this.#world.fail('once per fence', `${id} is a second one under fence ${fence}`);
    const owed = takeoverIsOwed(row, claim, (other) => this.of(other).length > 0);
    if (owed && !takeover) {
      this.#world.fail(
        'takeovers are told',
        `${id} was not told of the execution that lapsed before`,
      );
    }
    const execution: Execution = {
      id,
      call,
      claim,
      signal,
      takeover,
      life: claim.life,
      begunAt: this.#world.now,
      endedAt: undefined,
      attempt: call.executions.length + 1,
    };
    this.executions.push(execution);
    call.executions.push(execution);
    return execution;
  }

  /** An effect outside of the database. */
  effect(execution: Execution): void {
    for (const other of this.#effects) {
      if (other.claim.key !== execution.claim.key || other.life !== execution.life) continue;
      const later = other.claim.fence > execution.claim.fence ? other : execution;
      if (!later.takeover) {
        this.#world.fail(
          'effects once',
          `${later.id} doubled an effect and was told of no takeover`,
        );
      }
    }
    this.#effects.push(execution);
  }

  ends(execution: Execution): void {
    const { claim, id, signal, call } = execution;
    execution.endedAt = this.#world.now;
    const again = this.#database.held(claim.key)?.token === claim.token;
    this.#world.say(call.process.name, () => `${id}: fn ends`);
    if (claim.fate === 'released') {
      this.#world.fail('keeps what it runs under', `${id} was running when its claim was released`);
    }
    const stalledSince = call.process.stalledUntil > claim.until;
    // Only a renewal tells of a claim that somebody removed.
    const grace = claim.fate === 'removed' ? this.#story.lease + GRACE : GRACE;
    const late = this.#world.now > claim.until + grace;
    const lost = claim.fate === 'lapsed' || claim.fate === 'removed';
    // Where the transaction keeps the claim nobody renews: its next statement tells that it is over.
    const told = signal.aborted || this.#story.holds === 'held';
    if (lost && !again && late && !stalledSince && !told) {
      const gone = Math.round(this.#world.now - claim.until);
      this.#world.fail(
        'tells who is overtaken',
        `${id} lost its lease ${gone} ms ago, its signal is silent`,
      );
    }
  }

  /** What transactions have committed: once in each life of a key, effect and record together. */
  committed(): void {
    if (!this.#story.transactional) return;
    for (const row of this.#database.rows.values()) {
      const lives = new Set<number>();
      const committed = new Set<string | undefined>();
      for (const { by, life } of row.effects) {
        if (lives.has(life)) this.#world.fail('commits once', `${by} committed a second effect`);
        lives.add(life);
        const token = this.named(by)?.claim.token;
        committed.add(token);
        const recorded = row.records.some(({ claim }) => claim.token === token);
        if (!recorded) this.#world.fail('commits both', `${by} committed an effect and no record`);
      }
      for (const { claim } of row.records) {
        const [first] = this.of(claim);
        if (first?.call.plan.script.ends !== 'returns' || committed.has(claim.token)) continue;
        this.#world.fail('commits both', `${first.id} committed a record and no effect`);
      }
    }
  }

  /** Where nothing goes wrong a claim ends one lease after the maximum hold. */
  finish(): void {
    const { calm, holds, lease, maxHold, weather } = this.#story;
    // A transaction holds what it has locked until it ends, and only its function ends it.
    if (!calm || holds === 'held') return;
    const most = maxHold + lease + 2 * (weather.slowest + weather.slowestClaim) + GRACE;
    for (const row of this.#database.rows.values()) {
      for (const { since, end, until, fence } of row.claims) {
        const held = Math.min(end, until) - since;
        if (held <= most) continue;
        const took = `fence ${fence} was held for ${Math.round(held)} ms, the maximum is ${maxHold} ms`;
        this.#world.fail('ends at the maximum hold', took);
      }
    }
  }
}
