import { duration } from './duration.ts';
import { INSIDE } from './generate.ts';
import type { Departure, Trace } from './sequence.ts';
import { answerText, expectationText, operationText } from './text.ts';

/** The sequence as a script that can be read, and typed in by hand: who did what, and what came back. */
export function script({ traces, expected }: Departure): string {
  const rows = traces.map(row);
  const width = Math.max(...rows.map(([what]) => what.length));
  const lines = rows.map(([what, answer]) => `  ${what.padEnd(width)}  ${answer}`.trimEnd());
  const allowed = expected.map(expectationText).join(', or ');
  return [...lines, `  ${' '.repeat(width)}  ✗ the contract allows: ${allowed}`].join('\n');
}

function row({ step, answer }: Trace): [what: string, answer: string] {
  if (step.kind === 'advance') return [`clock     +${duration(step.by)}`, ''];
  if (step.kind === 'crash') return ['backend   crashes', ''];
  if (step.kind !== 'operation') return [`inside    ${step.kind}`, ''];
  return [
    `${who(step.client)}  ${operationText(step.operation)}`,
    answer === null ? '' : `→ ${answerText(answer)}`,
  ];
}

function who(client: number): string {
  return client === INSIDE ? 'inside  ' : `client ${client + 1}`;
}
