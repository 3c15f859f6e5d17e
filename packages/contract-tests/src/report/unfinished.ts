import type { Rule } from '../rule.ts';
import type { RuleResult } from './conformance-report.ts';

/** The results of a run that was ended before its time: those that are blamed failed, the others were not tried. */
export function unfinished(
  rules: readonly Rule[],
  found: readonly RuleResult[],
  { how, blamed }: { readonly how: string; readonly blamed: readonly string[] },
): readonly RuleResult[] {
  const results = new Map(found.map((result) => [result.id, result]));
  return rules.map((rule) => {
    const { id, family, grade, since, statement } = rule;
    const known = results.get(id);
    if (known !== undefined) return known;
    const described = { id, family, grade, since, statement, slow: null };
    if (!blamed.includes(id)) {
      const reason = `the run was ended before it had a verdict: ${how}`;
      return { ...described, verdict: 'skipped', time: null, reason };
    }
    return { ...described, verdict: 'failed', time: 0, reason: how };
  });
}
