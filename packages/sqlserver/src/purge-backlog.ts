import { checkOptionNames, refuse } from '@idem/core/adapter';
import type { Runner, SqlRow } from '@idem/core/sql';

export interface PurgeBacklogOptions {
  /** Rows that are counted at most, 1 to ten million: more cost more to count. Default 100,000. */
  readonly most?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a purge would delete now. */
export interface PurgeBacklog {
  /** Rows; `most`, where there are as many or more. */
  readonly rows: number;
  /** For how many milliseconds the oldest of them has waited for the purge. */
  readonly overdue: number;
}

const NAMES: ReadonlySet<string> = new Set(['most', 'signal']);
const DEFAULT_MOST = 100_000;
const LARGEST_MOST = 10_000_000;

export async function purgeBacklog(
  runner: Runner,
  text: string,
  options: PurgeBacklogOptions,
): Promise<PurgeBacklog> {
  checkOptionNames(options, NAMES, 'options of purgeBacklog');
  const { most = DEFAULT_MOST, signal } = options;
  if (!Number.isSafeInteger(most) || most < 1 || most > LARGEST_MOST) {
    const what = 'a whole number of rows, 1 to 10,000,000';
    refuse('IDEM_INVALID_OPTIONS', most, what, 'option most');
  }
  return runner.run({ text, parameters: [most], signal, read: backlogOf });
}

function backlogOf([row = {}]: readonly SqlRow[]): PurgeBacklog {
  return { rows: Number(row['waiting']), overdue: Number(row['overdue']) };
}
