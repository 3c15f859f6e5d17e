import { type Absent, absent, type Harness } from './harness.ts';

/** A harness, or why there is none; now or later. */
export type HarnessSource =
  | Harness
  | Absent
  | Promise<Harness | Absent>
  | (() => Harness | Absent | Promise<Harness | Absent>);

/** The harness that the source gives, or why there is none. */
export async function harnessFrom(source: HarnessSource): Promise<Harness | Absent> {
  return typeof source === 'function' ? source() : source;
}

/** What stands for the harness until it has started. */
export const notStarted: Absent = absent('the harness has not started');

/** `the store contract`, with the harness's name where it is known already. */
export function titleOf(source: HarnessSource): string {
  if (typeof source === 'object' && 'name' in source) return `the store contract: ${source.name}`;
  return 'the store contract';
}
