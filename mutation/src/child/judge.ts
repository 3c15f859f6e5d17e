import {
  gateFor,
  type Harness,
  isExclusive,
  type Rule,
  rules,
  runRule,
} from '@idem/contract-tests';
import { isLate } from './late.ts';
import type { Answer, Task } from './messages.ts';
import { isRefused } from './refused.ts';

/** How many rules are tried before the first look at their verdicts: what runs beside one that fails is wasted. */
const FIRST_PART = 4;

/** How often a rule that failed is put to the mutant again. */
const AGAIN = 3;

/** So many rules that did not come to an end, and nothing does any more. */
const MANY = 12;

/** What was found, and when no rule is under way any more. */
export interface Judged {
  readonly answer: Answer;
  readonly rest: Promise<unknown>;
}

/** Puts the rules to the store until one fails, and fails again. */
export async function judge(harness: Harness, task: Task): Promise<Judged> {
  const judging = new Judging(harness, task);
  for (const part of parts(task)) {
    await judging.put(part);
    if (judging.isDecided) break;
  }
  return { answer: await judging.answer(), rest: judging.rest };
}

class Judging {
  readonly #harness: Harness;
  readonly #task: Task;
  readonly #times: Record<string, number> = {};
  /** Rules that only did not come to an end in time, with what they said. */
  readonly #late = new Map<Rule, string>();
  readonly #skipped: Rule[] = [];
  #found: Answer | undefined;
  rest: Promise<unknown> = Promise.resolve();

  constructor(harness: Harness, task: Task) {
    this.#harness = harness;
    this.#task = task;
  }

  get isDecided(): boolean {
    return this.#found !== undefined || this.#late.size >= MANY;
  }

  /** Resolves when all have passed or one has not: those that were not begun then are left out. */
  async put(part: readonly Rule[]): Promise<void> {
    const gate = gateFor(this.#harness);
    await new Promise<void>((done, failed) => {
      const one = async (rule: Rule): Promise<void> => {
        if (this.#found !== undefined) return;
        await this.#run(rule);
        if (this.#found !== undefined) done();
      };
      // Again before anything else is let in: nothing may run beside some rules.
      this.rest = Promise.all(part.map((rule) => gate.run(isExclusive(rule), () => one(rule))));
      this.rest.then(() => done(), failed);
    });
  }

  async answer(): Promise<Answer> {
    await this.#againWhatWasLate();
    await this.#againWhatWasSkipped();
    const times = this.#times;
    const unheard = this.#skipped.filter(({ id }) => !(id in times)).map(({ id }) => id);
    return this.#found ?? { kind: 'survived', times, unheard };
  }

  async #run(rule: Rule): Promise<void> {
    const verdict = await runRule(rule, this.#harness, this.#task);
    if (verdict.outcome === 'passed') this.#times[rule.id] = verdict.time;
    // The store as it is was not too slow for this one.
    if (verdict.outcome === 'skipped' && this.#task.first.includes(rule.id))
      this.#skipped.push(rule);
    if (verdict.outcome !== 'failed') return;
    const fault = verdict.faults.join('\n');
    if (isRefused(fault)) this.#found ??= { kind: 'refused', by: rule.id, fault };
    else if (isLate(fault)) this.#late.set(rule, fault);
    else if (await this.#failsAgain(rule)) this.#found ??= { kind: 'killed', by: rule.id, fault };
  }

  async #againWhatWasLate(): Promise<void> {
    for (const [rule, fault] of this.#late) {
      if (this.#found !== undefined) return;
      if (this.#late.size < MANY && !(await this.#failsAgain(rule))) continue;
      this.#found = { kind: 'killed', by: rule.id, fault, late: true };
    }
  }

  async #againWhatWasSkipped(): Promise<void> {
    for (const rule of this.#skipped) {
      if (this.#found !== undefined) return;
      const verdict = await runRule(rule, this.#harness, this.#task);
      if (verdict.outcome === 'passed') this.#times[rule.id] = verdict.time;
      if (verdict.outcome === 'failed' && (await this.#failsAgain(rule))) {
        this.#found = { kind: 'killed', by: rule.id, fault: verdict.faults.join('\n') };
      }
    }
  }

  /** A mistake in a race is not met each time; one failure of a busy machine is not met often. */
  async #failsAgain(rule: Rule): Promise<boolean> {
    for (let n = 0; n < AGAIN; n += 1) {
      const verdict = await runRule(rule, this.#harness, this.#task);
      if (verdict.outcome === 'failed') return true;
    }
    return false;
  }
}

/** Parts that grow, in the task's order: what fails early spares the rest. */
function parts({ first, without }: Task): readonly (readonly Rule[])[] {
  const rank = new Map(first.map((id, at) => [id, at]));
  const left = new Set(without);
  const last = first.length;
  const inOrder = rules
    .filter(({ id }) => !left.has(id))
    .toSorted((one, other) => (rank.get(one.id) ?? last) - (rank.get(other.id) ?? last));
  const found: (readonly Rule[])[] = [];
  for (let from = 0, size = FIRST_PART; from < inOrder.length; from += size, size *= 2) {
    const part = inOrder.slice(from, from + size);
    // Those that wait for all others to end hold nobody up at the end.
    found.push(
      part.toSorted((one, other) => Number(isExclusive(one)) - Number(isExclusive(other))),
    );
  }
  return found;
}
