import type { Support } from '@idem/core';
import type { Facts } from './facts.ts';

/** Promised when every commit is on the disk before it is acknowledged, and a crash can be recovered from. */
export function durabilityFrom(facts: Facts): Support {
  const { server, table } = facts;
  const not = (what: string): Support => ({ promised: false, reason: `${server} has ${what}.` });
  if (!facts.fsync) return not('fsync off: a crash of the machine may lose or ruin everything');
  if (!facts.fullPageWrites) {
    return not('full_page_writes off: a crash of the machine may leave half a page');
  }
  if (facts.synchronousCommit === 'off') {
    return not('synchronous_commit off: a crash may lose what it acknowledged last');
  }
  if (table !== null && table.persistence !== 'p') {
    return not('the table as UNLOGGED or TEMPORARY: a crash empties it');
  }
  return { promised: true };
}
