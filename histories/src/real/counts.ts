import type { Answer } from '@idem/contract-tests/linearizability';
import type { Disturbance } from './history.ts';
import type { Line } from './log.ts';

/** What was tried, for the reader of a run. */
export class Counts {
  undecided = 0;
  /** How many the clients have begun, each once. */
  operations = 0;
  /** Of those, how many were answered. */
  answered = 0;
  /** Milliseconds for which histories were judged, one after the other. */
  judgedFor = 0;
  readonly #outcomes: Map<string, number> = new Map();
  #histories = 0;
  #longest = 0;
  #assumed = 0;

  /** What the clients wrote down. */
  wrote(lines: readonly Line[]): void {
    const answers = new Map<string, Answer>();
    for (const line of lines) if (line.kind === 'ended') answers.set(line.id, line.answer);
    const keys = new Map<string, number>();
    for (const line of lines) {
      if (line.kind !== 'begun') continue;
      const { id, operation } = line;
      const answer = answers.get(id);
      this.operations += 1;
      if (answer !== undefined && answer.kind !== 'rejected') this.answered += 1;
      count(this.#outcomes, `${operation.name} → ${outcomeOf(answer)}`);
      count(keys, operation.key);
    }
    this.#histories += keys.size;
    this.#longest = Math.max(this.#longest, ...keys.values());
  }

  /** How many operations a history has that need not have happened: unanswered ones, and repetitions. */
  assumed(number: number): void {
    this.#assumed += number;
  }

  inWords(disturbances: readonly Disturbance[]): string {
    const [faults, missed] = [new Map<string, number>(), new Map<string, number>()];
    for (const { kind, struck } of disturbances) {
      count(faults, kind);
      if (struck === 0) count(missed, kind);
    }
    const list = (counts: ReadonlyMap<string, number>): string =>
      [...counts]
        .sort()
        .map(([name, number]) => {
          const nothing = missed.get(name);
          const note = nothing === undefined ? '' : ` (${nothing} of them met nothing)`;
          return `  ${String(number).padStart(8)}  ${name}${note}`;
        })
        .join('\n');
    return [
      `${this.operations} operations in ${this.#histories} histories, the longest of ${this.#longest}; ${this.answered} were answered; ${this.#assumed} effects that may have been or not, repetitions included; ${this.undecided} undecided`,
      `judged in ${(this.judgedFor / 1_000).toFixed(1)} s, ${Math.round((this.operations / this.judgedFor) * 1_000)} operations a second beside all else`,
      list(this.#outcomes),
      `${disturbances.length} faults`,
      list(faults),
    ].join('\n');
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function outcomeOf(answer: Answer | undefined): string {
  if (answer === undefined) return 'no answer';
  switch (answer.kind) {
    case 'rejected':
      return `rejected, ${/^\w+/.exec(answer.reason)?.[0] ?? 'for no reason'}`;
    case 'boolean':
      return String(answer.value);
    case 'value':
      return answer.value === null ? 'null' : 'a value';
    case 'acquired':
      return answer.takeover ? 'acquired, takeover' : 'acquired';
    case 'inspected':
      return answer.inspection.state;
    default:
      return answer.kind;
  }
}
