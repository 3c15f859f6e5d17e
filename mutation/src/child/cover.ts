import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BoundStore,
  gateFor,
  type Harness,
  isAbsent,
  isExclusive,
  rules,
  runRule,
  type TransactionalClient,
} from '@idem/contract-tests';
import type { Judged } from './judge.ts';
import type { Covered, Task } from './messages.ts';
import { OPERATIONS } from './operations.ts';
import { sayingsIn } from './server-logs.ts';

/** With what Redis' keys begin. */
const PREFIX = 'idempotency:';

/** Puts every rule to the store, and takes down what of the code each of them comes to. */
export async function cover(harness: Harness, task: Task): Promise<Judged> {
  const covering = new Covering(harness);
  const gate = gateFor(harness);
  await Promise.all(
    rules.map((rule) =>
      gate.run(isExclusive(rule), async () => {
        const verdict = await covering.by(rule.id, () => runRule(rule, covering.harness, task));
        if (verdict.outcome !== 'passed') return;
        const isOfProcesses = rule.grade !== 'untested' && rule.needs.includes('processes');
        covering.know(rule.id, isOfProcesses);
      }),
    ),
  );
  const covered = await covering.end();
  return { answer: { kind: 'covered', covered }, rest: Promise.resolve() };
}

/** How often each of Stryker's mutants would have been run, by their ids. */
interface Counts {
  readonly static?: Readonly<Record<string, number>>;
  readonly perTest?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** What its instrumented code keeps in a global. */
interface Stryker {
  readonly mutantCoverage?: Counts;
}

class Covering {
  readonly harness: Harness;
  readonly #stryker: Stryker;
  /** Which rule is under way, for whatever it brings about. */
  readonly #rule = new AsyncLocalStorage<string>();
  readonly #marks = new Map<string, Set<string>>();
  readonly #always = new Set<string>();
  readonly #known = new Set<string>();
  readonly #ofProcesses = new Set<string>();
  /** Rules by the digests of the keys that they use. */
  readonly #keys = new Map<string, Set<string>>();
  /** What servers have said, and for whom. */
  readonly #sayings = new Set<string>();

  constructor(harness: Harness) {
    process.env['IDEM_COVERED'] = tmpdir();
    // Made by the first instrumented file that was loaded, and by none where nothing of TypeScript is.
    this.#stryker = Reflect.get(globalThis, '__stryker__') ?? {};
    Object.defineProperty(this.#stryker, 'currentTestId', { get: () => this.#rule.getStore() });
    const { faults, crash, transactions } = harness;
    this.harness = {
      ...harness,
      open: async () => this.#seen(await harness.open()),
      faults: isAbsent(faults)
        ? faults
        : { ...faults, open: async () => this.#seen(await faults.open()) },
      crash: isAbsent(crash)
        ? crash
        : async () => {
            // A server that is started again begins its log anew.
            await this.#listen();
            return crash();
          },
      transactions: isAbsent(transactions)
        ? transactions
        : { ...transactions, open: async () => this.#seenWithin(await transactions.open()) },
    };
  }

  by<T>(rule: string, work: () => Promise<T>): Promise<T> {
    return this.#rule.run(rule, work);
  }

  /** What the rule comes to can be told: by this process, and by those that it started. */
  know(rule: string, isOfProcesses: boolean): void {
    this.#known.add(rule);
    if (!isOfProcesses) return;
    this.#ofProcesses.add(rule);
    this.#note(rule, 'call *');
  }

  async end(): Promise<Covered> {
    await this.#listen();
    const { static: loaded = {}, perTest = {} } = this.#stryker.mutantCoverage ?? {};
    for (const id of Object.keys(loaded)) this.#always.add(`ts ${id}`);
    for (const [rule, ids] of Object.entries(perTest)) {
      for (const id of Object.keys(ids)) this.#note(rule, `ts ${id}`);
    }
    const elsewhere = await this.#marksElsewhere();
    for (const rule of this.#ofProcesses) for (const mark of elsewhere) this.#note(rule, mark);
    for (const saying of this.#sayings) {
      const { 1: mark = '', 2: whom = '' } = /^(\S+ \d+) (.*)$/.exec(saying) ?? [];
      const named = this.#keys.get(whom) ?? (whom.includes('.') ? [whom] : []);
      for (const rule of named) this.#note(rule, mark);
      if ([...named].length === 0) this.#always.add(mark);
    }
    const known = [...this.#known].map((rule) => [rule, [...(this.#marks.get(rule) ?? [])]]);
    return { rules: Object.fromEntries(known), always: [...this.#always] };
  }

  /** What the processes of the rules have run, whichever rule's; anything where none has said it. */
  async #marksElsewhere(): Promise<readonly string[]> {
    const marks: string[] = [];
    for await (const path of glob(join(tmpdir(), 'covered-*.json'))) {
      const { static: loaded = {}, perTest = {} }: Counts = JSON.parse(
        await readFile(path, 'utf8'),
      );
      const ids = [loaded, ...Object.values(perTest)].flatMap((counts) => Object.keys(counts));
      marks.push(...ids.map((id) => `ts ${id}`));
    }
    return marks.length === 0 ? ['ts *'] : marks;
  }

  async #listen(): Promise<void> {
    for (const saying of await sayingsIn()) this.#sayings.add(saying);
  }

  #note(rule: string, mark: string): void {
    const marks = this.#marks.get(rule) ?? new Set();
    this.#marks.set(rule, marks.add(mark));
  }

  #seenWithin(client: TransactionalClient): TransactionalClient {
    return {
      store: this.#seen(client.store),
      begin: async (level) => {
        const transaction = await client.begin(level);
        this.#seen(transaction.bound);
        return transaction;
      },
    };
  }

  /** A store whose calls, and their keys, are known to be of the rule under way. */
  #seen<T extends BoundStore>(store: T): T {
    const note = (name: string, key: unknown): void => {
      const rule = this.#rule.getStore();
      if (rule === undefined) {
        this.#always.add(`call ${name}`);
        return;
      }
      this.#note(rule, `call ${name}`);
      if (typeof key !== 'string') return;
      const digest = createHash('sha1').update(`${PREFIX}${key}`).digest('hex');
      this.#keys.set(digest, (this.#keys.get(digest) ?? new Set()).add(rule));
    };
    for (const name of OPERATIONS) {
      const method: unknown = Reflect.get(store, name);
      if (!(method instanceof Function)) continue;
      Object.defineProperty(store, name, {
        configurable: true,
        value: (...args: readonly unknown[]): unknown => {
          note(name, args[0]);
          return Reflect.apply(method, store, args);
        },
      });
    }
    return store;
  }
}
