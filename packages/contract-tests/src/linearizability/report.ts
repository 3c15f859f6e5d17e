import { expectations, step } from '../model/machine.ts';
import type { KeyState } from '../model/state.ts';
import { stateText } from '../model/text.ts';
import { draw } from './draw.ts';
import { explain } from './explain.ts';
import { hasReturned, type Recorded } from './history.ts';
import type { Inexplicable } from './minimise.ts';
import { candidates } from './order.ts';
import { allowed, call, outcome, several } from './words.ts';

/** A fault as a person reads it: the drawing, how far an order gets, and what does not fit there. */
export function report({ start, history, omitted }: Inexplicable): string {
  const key = history[0]?.operation.key ?? 'the key';
  const note =
    omitted === 0 ? '' : ` (Not shown: ${omitted} still under way; they explain nothing.)`;
  const drawing = `At first ${key} is ${anyOf(start)}.${note}\n${draw(history)}`;
  const explanation = explain(history, start);
  if (explanation.outcome !== 'inexplicable') return drawing;
  return `${drawing}\n${impasse(history, explanation.furthest, start)}`;
}

function impasse(
  history: readonly Recorded[],
  order: readonly Recorded[],
  start: readonly KeyState[],
): string {
  const states = order.reduce(
    (possible, { operation, answer, at }) => step(possible, operation, answer ?? undefined, at),
    [...start],
  );
  const stuck = candidates(history.filter((recorded) => !order.includes(recorded)))
    .filter(hasReturned)
    .map((recorded) => {
      const right = allowed(expectations(states, recorded.operation, recorded.at), recorded.answer);
      return `  ✗ ${sentence(recorded)}, where the contract allows: ${right}`;
    });
  if (order.length === 0) {
    return ['No order explains these answers. Nothing can come first:', ...stuck].join('\n');
  }
  return [
    'No order explains these answers. The furthest that one gets:',
    ...order.map((recorded, index) => `  ${index + 1}. ${sentence(recorded)}`),
    `The key is then ${anyOf(states)}. Nothing can come next:`,
    ...stuck,
  ].join('\n');
}

function sentence(recorded: Recorded): string {
  return `${recorded.client}: ${call(recorded.operation)} → ${outcome(recorded)}`;
}

function anyOf(states: readonly KeyState[]): string {
  return several(states.map(stateText), ', or ');
}
