import { describe, type SuiteCollector } from 'vitest';
import { locateBinary } from './locate.ts';

const source = locateBinary();

/** A group of tests that needs servers of its own; without redis-server it is skipped, and says so. */
export function describeWithServers(title: string, tests: () => void): SuiteCollector {
  if (source.kind !== 'none') return describe(title, tests);
  return describe.skip(`${title} (skipped: ${source.reason})`, tests);
}
