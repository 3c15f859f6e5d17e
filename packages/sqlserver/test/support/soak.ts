import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** One claim that was held: from the reply that gave it to the moment before it was given back. */
export interface Holding {
  readonly key: string;
  readonly fence: number;
  /** Nanoseconds of the clock that all processes of a machine share. */
  readonly from: bigint;
  readonly until: bigint;
}

export interface SoakReport {
  readonly holdings: readonly Holding[];
  readonly operations: number;
  /** What went wrong, in words; none in a good run. */
  readonly errors: readonly string[];
}

const PROCESSES = 2;

/** Lets two processes contend for few keys, and judges what they saw. */
export async function soak(url: string, seconds: number): Promise<SoakReport> {
  const reports = await Promise.all(Array.from({ length: PROCESSES }, () => contend(url, seconds)));
  const holdings = reports.flatMap((report) => report.holdings);
  return {
    holdings,
    operations: reports.reduce((sum, report) => sum + report.operations, 0),
    errors: [...reports.flatMap((report) => report.errors), ...overlaps(holdings)],
  };
}

async function contend(url: string, seconds: number): Promise<SoakReport> {
  const child: ChildProcess = fork(new URL('../programs/contender.ts', import.meta.url), {
    execArgv: ['--conditions=@idem/source'],
    serialization: 'advanced',
    env: { ...process.env, IDEM_CLIENT_URL: url, IDEM_SOAK_SECONDS: String(seconds) },
  });
  let report: SoakReport | undefined;
  child.on('message', (message: SoakReport) => {
    report = message;
  });
  const [code] = await once(child, 'exit');
  return report ?? { holdings: [], operations: 0, errors: [`a process ended with code ${code}`] };
}

/** In the order of their fences, each holding begins after the one before was given back. */
function overlaps(holdings: readonly Holding[]): string[] {
  const keys = new Set(holdings.map(({ key }) => key));
  return [...keys].flatMap((key) => {
    const held = holdings.filter((holding) => holding.key === key);
    const ordered = held.toSorted((a, b) => a.fence - b.fence);
    return ordered.flatMap((next, i) => {
      const previous = ordered[i - 1];
      if (previous === undefined) return [];
      if (previous.fence === next.fence) return [`${key}: fence ${next.fence} was given twice`];
      if (previous.until > next.from) {
        return [`${key}: fences ${previous.fence} and ${next.fence} were held at the same time`];
      }
      return [];
    });
  });
}
