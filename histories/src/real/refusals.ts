import type { Line } from './log.ts';

/**
 * What no fault explains: a rejection that says that to repeat the call is of no use (a record that is
 * corrupt, an option that is refused, a mistake of the adapter), where the caller did not give up.
 */
export function refusals(lines: readonly Line[]): string[] {
  const begun = new Map(
    lines.flatMap((line) => (line.kind === 'begun' ? [[line.id, line] as const] : [])),
  );
  return lines.flatMap((line): string[] => {
    if (line.kind !== 'ended' || line.answer.kind !== 'rejected') return [];
    const { reason, retryable } = line.answer;
    if (retryable || reason.startsWith('AbortError')) return [];
    const { operation, client } = begun.get(line.id) ?? {};
    return [`${client}: ${operation?.name} of ${operation?.key} was rejected, ${reason}`];
  });
}
