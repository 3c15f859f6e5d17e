import { getEventListeners } from 'node:events';
import type { RunContext } from '@idem/core';
import type { Database } from '../store/database.ts';
import type { Link } from '../store/link.ts';
import type { Call, Execution } from '../story/call.ts';
import type { Host } from '../story/host.ts';
import type { Story } from '../story/story.ts';
import type { World } from '../world/world.ts';
import { Answers } from './answers.ts';
import { Ledger } from './ledger.ts';

/** All that is demanded of a run, at every step of it. */
export class Checks {
  readonly calls: Call[] = [];
  readonly #world: World;
  readonly #story: Story;
  readonly #ledger: Ledger;
  readonly #answers: Answers;
  readonly #links: Map<Call, Link> = new Map();

  constructor(world: World, database: Database, story: Story) {
    this.#world = world;
    this.#story = story;
    this.#ledger = new Ledger(world, database, story);
    this.#answers = new Answers(world, database, this.#ledger, story);
  }

  starts(call: Call, link: Link): void {
    this.calls.push(call);
    this.#links.set(call, link);
  }

  begins(call: Call, context: RunContext): Execution {
    return this.#ledger.begins(call, context);
  }

  effect(execution: Execution): void {
    this.#ledger.effect(execution);
  }

  ends(execution: Execution): void {
    this.#ledger.ends(execution);
  }

  resolves(call: Call, result: unknown): void {
    this.#settles(call);
    this.#answers.resolves(call, result);
  }

  rejects(call: Call, error: unknown): void {
    this.#settles(call);
    this.#answers.rejects(call, error);
  }

  /** Once nothing happens any more. */
  finish(hosts: readonly Host[]): void {
    for (const call of this.calls) {
      if (call.settledAt === undefined && call.process.alive) {
        this.#world.fail('settles', `${call.plan.id} of ${call.process.name} hangs`);
      }
      const { signal } = call.controller;
      if (call.process.alive && getEventListeners(signal, 'abort').length > 0) {
        this.#world.fail('leaves nothing', `a listener on the signal of ${call.plan.id}`);
      }
    }
    for (const { process, collections, link } of hosts) {
      if (process.alive && link.watching > 0) {
        this.#world.fail('leaves nothing', `${process.name} watches a key`);
      }
      if (process.alive && collections.some(({ size }) => size > 0)) {
        this.#world.fail('leaves nothing', `an entry in a map of ${process.name}`);
      }
    }
    this.#ledger.committed();
    this.#ledger.finish();
    this.#answers.finish();
  }

  #settles(call: Call): void {
    const { plan, process, startedAt } = call;
    const { now } = this.#world;
    if (call.settledAt !== undefined) this.#world.fail('settles', `${plan.id} settled twice`);
    call.settledAt = now;
    const elapsed = now - startedAt;
    const stalled = process.stalledFor - call.stalledBefore;
    const patience = plan.wait + 3 * this.#story.lease + 50;
    if (call.executions.length === 0 && elapsed - stalled > patience) {
      const took = `${Math.round(elapsed - stalled)} ms, with a wait of ${plan.wait} ms`;
      this.#world.fail('settles in time', `${plan.id} took ${took}`);
    }
    this.#asksModestly(call, elapsed);
    this.#ledger.committed();
  }

  /** Back-off holds: a waiter does not ask again and again. */
  #asksModestly(call: Call, elapsed: number): void {
    const { plan, startedAt } = call;
    const sent = this.#links.get(call)?.claims.get(plan.key) ?? [];
    const asked = sent.filter((at) => at >= startedAt).length;
    const others = this.calls.filter((other) => other.plan.key === plan.key).length;
    const most = 6 + 2 * others + elapsed / 40;
    if (asked > most) {
      const storm = `${asked} claims in ${Math.round(elapsed)} ms`;
      this.#world.fail('asks modestly', `${plan.id} of ${call.process.name}: ${storm}`);
    }
  }
}
