import type { Claim } from '../store/database.ts';
import type { Process } from '../world/process.ts';
import type { PlannedCall } from './story.ts';

/** One time that a function was called. */
export interface Execution {
  /** Its name, which is also in what it returns or throws. */
  readonly id: string;
  readonly call: Call;
  readonly claim: Claim;
  readonly signal: AbortSignal;
  readonly takeover: boolean;
  readonly life: number;
  readonly begunAt: number;
  endedAt: number | undefined;
  /** What became of the transaction it was in, if there is one. */
  readonly attempt: number;
}

/** A planned call that was made, and how it ended. */
export interface Call {
  readonly plan: PlannedCall;
  readonly process: Process;
  readonly startedAt: number;
  readonly stalledBefore: number;
  readonly controller: AbortController;
  readonly executions: Execution[];
  settledAt: number | undefined;
}
