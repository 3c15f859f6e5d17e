import { byKey, type Recorded } from './history.ts';
import { minimise } from './minimise.ts';
import { report } from './report.ts';
import { explain } from './search.ts';

export type Judgement =
  | { readonly outcome: 'linearizable' }
  /** The history that no order explains, drawn. */
  | { readonly outcome: 'inexplicable'; readonly text: string }
  | { readonly outcome: 'undecided'; readonly key: string };

/** Judges the history of each key by itself. */
export function judge(history: readonly Recorded[]): Judgement {
  for (const [key, ofKey] of byKey(history)) {
    const { outcome } = explain(ofKey);
    if (outcome === 'inexplicable') return { outcome, text: report(minimise(ofKey)) };
    if (outcome === 'undecided') return { outcome, key };
  }
  return { outcome: 'linearizable' };
}
