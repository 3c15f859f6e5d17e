import { isAbsent, rules, runRules } from '@idem/contract-tests';
import type { Answer, Task } from './messages.ts';

/** Milliseconds; a rule that takes longer hangs. */
const DEADLINE = 60_000;

/** How many rules are tried before the first look at their verdicts. */
const FIRST_PART = 16;

process.once('message', (task: Task) => {
  void attempt(task).then(answer, (error: unknown) =>
    answer({ kind: 'killed', by: 'loading', fault: String(error) }),
  );
});
// What nobody catches ends an application's process.
process.on('uncaughtException', (error) =>
  answer({ kind: 'killed', by: 'an error that nobody caught', fault: String(error) }),
);

/** Puts the rules to the store until one fails. */
async function attempt({ harness: module, first, seed }: Task): Promise<Answer> {
  const loaded: { readonly default: unknown } = await import(module);
  if (!(loaded.default instanceof Function)) throw new Error(`${module} exports no function`);
  const harness = await loaded.default();
  if (isAbsent(harness)) return { kind: 'absent', reason: harness.absent };
  try {
    return await judge(harness, first, seed);
  } finally {
    await harness.close?.();
  }
}

async function judge(
  harness: Parameters<typeof runRules>[0],
  first: readonly string[],
  seed: number,
): Promise<Answer> {
  const rank = new Map(first.map((id, at) => [id, at]));
  const last = first.length;
  const inOrder = rules.toSorted(
    (one, other) => (rank.get(one.id) ?? last) - (rank.get(other.id) ?? last),
  );
  const times: Record<string, number> = {};
  // In parts that grow: what fails early spares the rest.
  for (let from = 0, size = FIRST_PART; from < inOrder.length; from += size, size *= 2) {
    const part = inOrder.slice(from, from + size);
    for await (const verdict of runRules(harness, { rules: part, deadline: DEADLINE, seed })) {
      if (verdict.outcome === 'failed') {
        return { kind: 'killed', by: verdict.rule.id, fault: verdict.faults[0] ?? '' };
      }
      if (verdict.outcome === 'passed') times[verdict.rule.id] = verdict.time;
    }
  }
  return { kind: 'survived', times };
}

function answer(message: Answer): void {
  process.send?.(message, () => process.exit());
}
