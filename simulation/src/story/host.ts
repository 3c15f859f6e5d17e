import type { Idempotency } from '@idem/core';
import type { Checks } from '../checks/checks.ts';
import type { Database, Transaction } from '../store/database.ts';
import { Link } from '../store/link.ts';
import { StoreClient } from '../store/store-client.ts';
import { transactions } from '../store/transactions.ts';
import { Process } from '../world/process.ts';
import type { Owner, World } from '../world/world.ts';
import type { Call } from './call.ts';
import { type Collection, watchCollections } from './collections.ts';
import { perform } from './function.ts';
import type { PlannedCall, Story } from './story.ts';

/** The core under test: the sources, or a copy with a mistake in it. */
export type Core = Pick<typeof import('@idem/core'), 'Idempotency'>;

/** A machine: one process at a time. */
export class Host implements Owner {
  readonly name: string;
  readonly #world: World;
  readonly #core: Core;
  readonly #story: Story;
  readonly #database: Database;
  readonly #checks: Checks;
  #starts = 0;
  process: Process;
  link: Link;
  collections: readonly Collection[];
  #executor: Idempotency<StoreClient>;

  constructor(
    name: string,
    world: World,
    core: Core,
    story: Story,
    database: Database,
    checks: Checks,
  ) {
    this.name = name;
    this.#world = world;
    this.#core = core;
    this.#story = story;
    this.#database = database;
    this.#checks = checks;
    ({
      process: this.process,
      link: this.link,
      executor: this.#executor,
      collections: this.collections,
    } = this.#start());
  }

  /** Whoever wants to call finds the next process, or none. */
  readonly alive = true;

  get stalledUntil(): number {
    return this.process.alive ? this.process.stalledUntil : 0;
  }

  restart(): void {
    ({
      process: this.process,
      link: this.link,
      executor: this.#executor,
      collections: this.collections,
    } = this.#start());
    this.#world.say(this.process.name, () => 'starts');
  }

  call(plan: PlannedCall): void {
    const { process } = this;
    if (!process.alive) {
      this.#noProcess(plan);
      return;
    }
    const call: Call = {
      plan,
      process,
      startedAt: this.#world.now,
      stalledBefore: process.stalledFor,
      controller: new AbortController(),
      executions: [],
      settledAt: undefined,
    };
    this.#world.say(process.name, () => describe(plan));
    this.#checks.starts(call, this.link);
    if (plan.abortsAfter !== undefined) {
      process.after(plan.abortsAfter, `the caller of ${plan.id} goes away`, () => {
        if (call.settledAt !== undefined) return;
        this.#world.say(process.name, () => `the caller of ${plan.id} goes away`);
        call.controller.abort(new Error(`${plan.id} went away`));
      });
    }
    this.#run(call).then(
      (result) => this.#checks.resolves(call, result),
      (error) => this.#checks.rejects(call, error),
    );
  }

  #noProcess({ id }: PlannedCall): void {
    this.#world.say(this.name, () => `${id} finds no process`);
  }

  #run(call: Call): Promise<unknown> {
    const { key, wait, fingerprint } = call.plan;
    const { signal } = call.controller;
    const options = { wait, signal, ...(fingerprint === undefined ? {} : { fingerprint }) };
    const surroundings = { link: this.link, database: this.#database, checks: this.#checks };
    if (!this.#story.transactional) {
      return this.#executor.run(key, (context) => perform(call, context, surroundings), options);
    }
    const faults = {
      commits: this.#story.commitFaults,
      clearsAt: this.#story.weather.clearsAt,
    };
    const begin = transactions(this.process, this.link, this.#database, faults);
    const fn = (context: Parameters<typeof perform>[1] & { readonly tx: Transaction }) =>
      perform(call, context, surroundings);
    return this.#executor.runInTransaction(key, begin, fn, options);
  }

  #start() {
    this.#starts += 1;
    const process = new Process(this.#world, `${this.name}${this.#starts}`);
    const link = new Link(process, this.name, this.#database, this.#story.weather);
    const store = new StoreClient(link, this.#database, this.#story);
    const { lease, ttl, maxHold, recordTimeout } = this.#story;
    const recordErrors = (error: unknown) =>
      error instanceof Error && error.message.startsWith('recorded by');
    const options = { store, lease, ttl, maxHold, recordTimeout, recordErrors };
    const { made: executor, collections } = watchCollections(() => {
      return new this.#core.Idempotency(options, process);
    });
    return { process, link, executor, collections };
  }
}

function describe({ id, key, wait, fingerprint, script }: PlannedCall): string {
  const said = fingerprint === undefined ? '' : `, fingerprint “${fingerprint}”`;
  const { duration, ends, blocks } = script;
  const how = `takes ${duration} ms${blocks ? ' without a pause' : ''} and ${ends}`;
  return `${id}: runs ${key}, wait ${wait} ms${said}; its function ${how}`;
}
