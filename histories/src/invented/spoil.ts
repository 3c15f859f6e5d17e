import type { Answer, Recorded } from '@idem/contract-tests/linearizability';
import type { Chance } from '../chance.ts';

/** One answer is another one, as a wrong store could have given it; mostly no order explains the history then. */
export function spoil(history: readonly Recorded[], chance: Chance): Recorded[] {
  const known = history.filter(({ answer }) => answer !== null);
  const [first, ...others] = known;
  if (first === undefined) return [...history];
  const spoilt = chance.oneOf(first, ...others);
  const same = known.filter((one) => one.answer?.kind === spoilt.answer?.kind);
  const other = chance.oneOf(spoilt, ...same);
  return history.map((recorded) =>
    recorded === spoilt ? { ...recorded, answer: wrong(recorded.answer, other.answer) } : recorded,
  );
}

function wrong(answer: Answer | null, other: Answer | null): Answer | null {
  switch (answer?.kind) {
    case 'boolean':
      return { kind: 'boolean', value: !answer.value };
    case 'acquired':
      return other === answer ? { ...answer, takeover: !answer.takeover } : other;
    default:
      return other;
  }
}
