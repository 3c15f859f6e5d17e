import type { Recorded } from '@idem/contract-tests/linearizability';

/** A history as a file; JSON has no Infinity. */
export function historyText(history: readonly Recorded[]): string {
  return JSON.stringify(
    history,
    (_, value: unknown) => (value === Number.POSITIVE_INFINITY ? 'Infinity' : value),
    1,
  );
}

export function parseHistory(text: string): Recorded[] {
  return JSON.parse(text, (name, value: unknown) =>
    value === 'Infinity' && (name === 'returned' || name === 'to')
      ? Number.POSITIVE_INFINITY
      : value,
  );
}
