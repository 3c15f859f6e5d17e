import { duration } from '../model/duration.ts';
import { hasReturned, type Recorded } from './history.ts';
import { ascending } from './order.ts';
import { call, outcome } from './words.ts';

interface Event {
  readonly time: number;
  readonly recorded: Recorded;
  readonly ends: boolean;
}

const BEGIN = '┌ ';
const RUNS = '│';
const END = '└ ';
const OPEN = '┊ still under way';

/** A history as lanes, one for each client; time runs down, and a bar runs from call to answer. */
export function draw(history: readonly Recorded[]): string {
  const lanes = [...new Set(history.map(({ client }) => client))].sort();
  const events = history.flatMap(eventsOf).sort(inTime);
  const first = events[0]?.time ?? 0;
  const running = new Map<string, number>();

  const rows: string[][] = [['', ...lanes]];
  for (const { time, recorded, ends } of events) {
    const { client } = recorded;
    const count = (running.get(client) ?? 0) + (ends ? -1 : 1);
    running.set(client, count);
    const cells = lanes.map((lane) => {
      if (lane !== client) return (running.get(lane) ?? 0) > 0 ? RUNS : '';
      return ends ? END + outcome(recorded) : BEGIN + call(recorded.operation);
    });
    rows.push([`+${duration(time - first)}`, ...cells]);
  }
  if ([...running.values()].some((count) => count > 0)) {
    rows.push(['', ...lanes.map((lane) => ((running.get(lane) ?? 0) > 0 ? OPEN : ''))]);
  }
  return table(rows);
}

function eventsOf(recorded: Recorded): Event[] {
  const begins = { time: recorded.invoked, recorded, ends: false };
  if (!hasReturned(recorded)) return [begins];
  return [begins, { time: recorded.returned, recorded, ends: true }];
}

function inTime(one: Event, other: Event): number {
  return ascending(one.time, other.time) || Number(one.ends) - Number(other.ends);
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
