import { expectations } from '../model/machine.ts';
import { answerText, expectationText, operationText, stateText } from '../model/text.ts';
import { draw } from './draw.ts';
import type { Recorded } from './history.ts';
import type { Inexplicable } from './minimise.ts';
import { candidates } from './order.ts';
import { explain, type Furthest } from './search.ts';

/** A fault as a person reads it: the drawing, how far an order gets, and what does not fit there. */
export function report({ start, history }: Inexplicable): string {
  const explanation = explain(history, start);
  const drawing = `${anyOf(start, 'At first the key is')}\n${draw(history)}`;
  if (explanation.outcome !== 'inexplicable') return drawing;
  return `${drawing}\n${impasse(history, explanation.furthest)}`;
}

function impasse(history: readonly Recorded[], { order, states }: Furthest): string {
  const left = history.filter((recorded) => !order.includes(recorded));
  const steps = order.map((recorded, index) => `  ${index + 1}. ${sentence(recorded)}`);
  const stuck = candidates(left)
    .filter(({ answer }) => answer !== null)
    .map((recorded) => {
      const { operation, at } = recorded;
      const allowed = expectations(states, operation, at).map(expectationText).join(', or ');
      return `  ✗ ${sentence(recorded)}, where the contract allows: ${allowed}`;
    });
  const so = order.length === 0 ? 'Nothing can come first:' : 'Nothing can come next:';
  return [
    order.length === 0
      ? 'No order explains these answers.'
      : 'No order explains these answers. The furthest that one gets:',
    ...steps,
    `${order.length === 0 ? '' : `${anyOf(states, 'The key is then')} `}${so}`,
    ...stuck,
  ].join('\n');
}

function sentence({ client, operation, answer }: Recorded): string {
  const seen = answer === null ? 'nobody knows' : answerText(answer);
  return `${client}: ${operationText(operation)} → ${seen}`;
}

function anyOf(states: Inexplicable['start'], what: string): string {
  return `${what} ${[...new Set(states.map(stateText))].join('; or ')}.`;
}
