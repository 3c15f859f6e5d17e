import type { RunContext } from '@idem/core';
import type { Claim, Database } from '../store/database.ts';
import type { Call, Execution } from '../story/call.ts';
import type { World } from '../world/world.ts';
import { takeoverIsOwed } from './history.ts';

/** Timers may be so late, in milliseconds, and so may what they tell. */
const GRACE = 10;

/** Every execution there was, each checked as it begins, takes effect and ends. */
export class Ledger {
  readonly executions: Execution[] = [];
  readonly #world: World;
  readonly #database: Database;
  readonly #effects: Execution[] = [];

  constructor(world: World, database: Database) {
    this.#world = world;
    this.#database = database;
  }

  of(claim: Claim): readonly Execution[] {
    return this.executions.filter((execution) => execution.claim === claim);
  }

  named(id: unknown): Execution | undefined {
    return this.executions.find((execution) => execution.id === id);
  }

  begins(call: Call, context: RunContext, transactional: boolean): Execution {
    const { key, id: callId } = call.plan;
    const row = this.#database.row(key);
    const { fence, takeover, token, signal } = context;
    const held = this.#database.held(key);
    const claim = row.claims.find((other) => other.fence === fence && other.token === token);
    const id = `${call.process.name}.${callId}.${call.executions.length + 1}`;
    const told = takeover ? ', told of a takeover' : '';
    this.#world.say(call.process.name, () => `${id}: fn begins under fence ${fence}${told}`);
    if (claim === undefined) {
      this.#world.fail('holds its claim', `${id} began under a claim that the store never granted`);
      throw new Error('no claim');
    }
    if (held !== claim || row.lock?.record?.claim === claim) {
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
      life: row.life,
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
    this.#database.held(claim.key);
    this.#world.say(call.process.name, () => `${id}: fn ends`);
    if (claim.fate === 'released') {
      this.#world.fail('keeps what it runs under', `${id} was running when its claim was released`);
    }
    const stalledSince = call.process.stalledUntil > claim.until;
    const late = this.#world.now > claim.until + GRACE;
    if (claim.fate === 'lapsed' && late && !stalledSince && !signal.aborted) {
      const gone = Math.round(this.#world.now - claim.until);
      this.#world.fail(
        'tells who is overtaken',
        `${id} lost its lease ${gone} ms ago, its signal is silent`,
      );
    }
  }

  /** What transactions have committed: once in each life of a key, and never without the record. */
  committed(): void {
    for (const row of this.#database.rows.values()) {
      const lives = new Set<number>();
      for (const { by, life } of row.effects) {
        if (lives.has(life)) this.#world.fail('commits once', `${by} committed a second effect`);
        lives.add(life);
        const claim = this.named(by)?.claim;
        if (!row.records.some((record) => record.claim === claim)) {
          this.#world.fail(
            'commits with its record',
            `${by} committed its effect without a record`,
          );
        }
      }
    }
  }
}
