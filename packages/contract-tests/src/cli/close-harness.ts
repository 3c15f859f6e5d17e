import { within } from '../engine/deadline.ts';
import type { Harness } from '../harness.ts';
import type { Uncaught } from './uncaught.ts';

/** Milliseconds: servers are stopped, and folders removed. */
const DEADLINE = 60_000;

/** A harness that cannot be ended, or never is, costs no verdict: the report says so. */
export async function closeHarness(
  harness: Pick<Harness, 'close'>,
  uncaught: Pick<Uncaught, 'add'>,
  deadline: number = DEADLINE,
): Promise<void> {
  try {
    const closed = Promise.resolve(harness.close?.());
    const late = (): Error => new Error(`it did not come to an end within ${deadline / 1000} s`);
    await within(deadline, closed, late);
  } catch (error) {
    uncaught.add('of the close of the harness', error);
  }
}
