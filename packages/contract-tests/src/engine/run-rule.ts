import { performance } from 'node:perf_hooks';
import { type Harness, isAbsent } from '../harness.ts';
import type { Budget, Rule, TestedRule } from '../rule.ts';
import { RuleSkipped } from '../skip.ts';
import { chooseBudget } from './budget.ts';
import { type OpenContext, openContext } from './context.ts';
import { within } from './deadline.ts';
import { Expectations } from './expectations.ts';
import { chooseSeed } from './random.ts';
import { seen } from './seen.ts';
import { RuleBroken } from './signals.ts';
import { slowRule } from './slow.ts';
import { accountable } from './under-way.ts';
import type { Failed, Verdict } from './verdict.ts';
import { rightClocks } from './wrong-clock.ts';

export interface RunOptions {
  /** Of what is drawn by chance; by default `IDEM_TEST_SEED`, or a new one. */
  readonly seed?: number | undefined;
  /** By default `IDEM_TEST_BUDGET`, or `quick`. */
  readonly budget?: Budget | undefined;
  /** Milliseconds after which a rule counts as hanging; by default 180,000 for `quick`, 900,000 for `long`. */
  readonly deadline?: number | undefined;
}

/**
 * What hangs never ends. The rest shares the processors with all the other rules, and with whatever
 * else the machine does: those that move 50 MB took 68 s where ten suites ran on two cores.
 */
const DEADLINES: Readonly<Record<Budget, number>> = { quick: 180_000, long: 900_000 };

/** Puts one rule to a store. Never rejects: whatever happens is a verdict. */
export async function runRule(
  rule: Rule,
  harness: Harness,
  options: RunOptions = {},
): Promise<Verdict> {
  const reason = reasonToSkip(rule, harness);
  if (rule.grade === 'untested' || reason !== undefined) {
    return { outcome: 'skipped', rule, reason: reason ?? '' };
  }
  const budget = options.budget ?? chooseBudget();
  const seed = options.seed ?? chooseSeed();
  const deadline = options.deadline ?? DEADLINES[budget];
  // Taken now: a rule that changes the process's clock must not change its own time.
  const clock = performance.now.bind(performance);
  const started = clock();
  const failed = (faults: readonly string[], cause?: unknown): Failed => {
    const time = clock() - started;
    return {
      outcome: 'failed',
      rule,
      time,
      faults,
      error: failure(rule, faults, seed, cause),
      seed,
    };
  };

  const expect = new Expectations();
  const blamed = { id: rule.id, fault: (text: string) => expect.uncaught(text) };
  return accountable(blamed, async () => {
    const opening = openContext(rule, harness, { seed, budget, expect });
    let opened: OpenContext;
    try {
      opened = await within(deadline, opening, () => hang('opening a client', deadline));
    } catch (error) {
      // What opens after all is closed; what does not has been told.
      opening.then((late) => late.close()).catch(() => {});
      return failed([...expect.faults, `a client could not be opened: ${seen(error)}`], error);
    }
    const verdict = await judge(rule, opened, deadline, failed, () => clock() - started);
    // A rule that was given up may have left them wrong, for all that come after it.
    if (rule.exclusive === true) rightClocks();
    const closing = clock();
    try {
      await within(deadline, opened.close(), () => hang('closing the clients', deadline));
    } catch (error) {
      const faults = verdict.outcome === 'failed' ? verdict.faults : expect.faults;
      const text = `after the rule, the clients did not close: ${seen(error)}`;
      return failed([...faults, text], error);
    }
    expect.closed('closing the clients after the rule', clock() - closing);
    // What nobody caught may have come after the rule had its verdict.
    if (verdict.outcome !== 'failed' && expect.faults.length > 0) return failed(expect.faults);
    if (verdict.outcome !== 'passed') return verdict;
    return { ...verdict, slow: [...slowRule(verdict.time, budget), ...expect.slow] };
  });
}

/** Why a rule cannot be put to this store, or undefined when it can. */
export function reasonToSkip(rule: Rule, harness: Harness): string | undefined {
  if (rule.grade === 'untested') return rule.reason;
  for (const name of rule.needs) {
    const ability = harness[name];
    if (isAbsent(ability)) return ability.absent;
  }
  return undefined;
}

async function judge(
  rule: TestedRule,
  { context }: OpenContext,
  deadline: number,
  failed: (faults: readonly string[], cause?: unknown) => Failed,
  time: () => number,
): Promise<Verdict> {
  const { expect } = context;
  try {
    await within(deadline, rule.check(context), () => hang('the rule', deadline));
  } catch (error) {
    if (error instanceof RuleSkipped && expect.faults.length === 0) {
      return { outcome: 'skipped', rule, reason: error.message };
    }
    if (error instanceof RuleBroken || error instanceof RuleSkipped) return failed(expect.faults);
    return failed([...expect.faults, `the rule was ended by ${seen(error)}`], error);
  }
  if (expect.faults.length > 0) return failed(expect.faults);
  return { outcome: 'passed', rule, time: time(), slow: [] };
}

function hang(what: string, deadline: number): Error {
  return new Error(`${what} did not come to an end within ${deadline / 1000} s: something hangs`);
}

function failure(rule: Rule, faults: readonly string[], seed: number, cause: unknown): Error {
  const lines = [`${rule.id}: ${rule.statement}`, ...faults.map((fault) => `  - ${fault}`)];
  const text = `${lines.join('\n')}\n  (to repeat: IDEM_TEST_SEED=${seed})`;
  return new Error(text, cause === undefined ? undefined : { cause });
}
