import type { Rule } from '../rule.ts';
import { UsageError } from './usage-error.ts';

/** The rules that the patterns name: an id, a family, or with `*` for any characters. All when there are none. */
export function select(rules: readonly Rule[], patterns: readonly string[]): readonly Rule[] {
  if (patterns.length === 0) return rules;
  const matchers = patterns.map(matcher);
  const selected = rules.filter((rule) => matchers.some((matches) => matches(rule)));
  if (selected.length > 0) return selected;
  throw new UsageError(`No rule is named ${patterns.join(' or ')}; --list shows them all.`);
}

function matcher(pattern: string): (rule: Rule) => boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.\\+?^${}()|[\]]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return ({ id, family }) => expression.test(id) || expression.test(family);
}
