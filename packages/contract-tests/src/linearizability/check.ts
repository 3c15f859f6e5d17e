import { explain, MOST_TRIED } from './explain.ts';
import { byKey, type Recorded } from './history.ts';
import { minimise } from './minimise.ts';
import { report } from './report.ts';

export type Judgement =
  | { readonly outcome: 'linearizable' }
  /** The history that no order explains, drawn. */
  | { readonly outcome: 'inexplicable'; readonly key: string; readonly text: string }
  | { readonly outcome: 'undecided'; readonly key: string };

/**
 * Judges the history of each key by itself.
 *
 * @param most how many points of the search a key may take before it is undecided; each costs some
 *   microseconds and some hundred bytes
 */
export function judge(history: readonly Recorded[], most: number = MOST_TRIED): Judgement {
  let undecided: Judgement | undefined;
  for (const [key, ofKey] of byKey(history)) {
    const explanation = explain(ofKey, undefined, most);
    if (explanation.outcome === 'inexplicable') {
      return { outcome: 'inexplicable', key, text: report(minimise(ofKey, explanation, most)) };
    }
    // Another key may be plainly wrong.
    if (explanation.outcome === 'undecided') undecided ??= { outcome: 'undecided', key };
  }
  return undecided ?? { outcome: 'linearizable' };
}
