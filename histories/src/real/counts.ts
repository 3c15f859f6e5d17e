import type { Recorded } from '@idem/contract-tests/linearizability';
import type { Disturbance } from './history.ts';

/** What was tried, for the reader of a run. */
export class Counts {
  undecided = 0;
  /** Milliseconds for which histories were judged, one after the other. */
  judgedFor = 0;
  readonly #answers: Map<string, number> = new Map();
  #operations = 0;
  #unknown = 0;
  #histories = 0;
  #longest = 0;

  get operations(): number {
    return this.#operations;
  }

  heard(history: readonly Recorded[]): void {
    this.#histories += 1;
    this.#longest = Math.max(this.#longest, history.length);
    for (const recorded of history) {
      this.#operations += 1;
      if (recorded.answer === null) this.#unknown += 1;
      const name = `${recorded.operation.name} → ${outcomeOf(recorded)}`;
      this.#answers.set(name, (this.#answers.get(name) ?? 0) + 1);
    }
  }

  inWords(disturbances: readonly Disturbance[]): string {
    const faults = new Map<string, number>();
    for (const { kind } of disturbances) faults.set(kind, (faults.get(kind) ?? 0) + 1);
    const list = (counts: ReadonlyMap<string, number>): string =>
      [...counts]
        .sort()
        .map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`)
        .join('\n');
    return [
      `${this.#operations} operations in ${this.#histories} histories, the longest of ${this.#longest}; ${this.#unknown} outcomes unknown, repetitions included; ${this.undecided} undecided`,
      `judged in ${(this.judgedFor / 1_000).toFixed(1)} s, ${Math.round((this.#operations / this.judgedFor) * 1_000)} operations a second beside all else`,
      list(this.#answers),
      `${disturbances.length} faults`,
      list(faults),
    ].join('\n');
  }
}

function outcomeOf({ answer }: Recorded): string {
  if (answer === null) return 'unknown';
  if (answer.kind === 'boolean') return String(answer.value);
  if (answer.kind === 'value') return answer.value === null ? 'null' : 'a value';
  if (answer.kind === 'acquired') return answer.takeover ? 'acquired, takeover' : 'acquired';
  if (answer.kind === 'inspected') return answer.inspection.state;
  return answer.kind;
}
