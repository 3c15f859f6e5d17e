import type { Backlog } from './backlog.ts';
import type { Facts, TableFacts } from './facts.ts';
import { finding, type Judgement } from './judge-durability.ts';

/** Below so many, in rows, nothing is worth a word. */
const FEW = 10_000;
/** Milliseconds. A transaction that is older holds back vacuum for longer than any of this store's. */
const LONG = 3_600_000;

/** What makes the table larger than it need be, and so slower. */
export function* judgeSpace(facts: Facts, backlog: Backlog | undefined): Generator<Judgement> {
  if (facts.table === null || facts.inRecovery) return;
  yield* judgeVacuum(facts, facts.table);
  yield* judgeBloat(facts.table);
  if (backlog !== undefined) yield* judgeBacklog(backlog);
}

function* judgeVacuum(facts: Facts, table: TableFacts): Generator<Judgement> {
  if (!facts.autovacuum || !table.autovacuum) {
    const where = facts.autovacuum ? 'for the table' : 'for the server';
    const message = `Autovacuum is off ${where}: the space of rows that were purged is never used again.`;
    const remedy = facts.autovacuum
      ? 'ALTER TABLE … RESET (autovacuum_enabled).'
      : 'Set autovacuum on and track_counts on.';
    yield finding('autovacuum-off', 'warning', message, remedy);
  }
  if (facts.oldestTransaction !== null && facts.oldestTransaction > LONG) {
    const message = `A transaction has been open for ${Math.round(facts.oldestTransaction / 60_000)} minutes: vacuum cannot give back what was replaced or deleted since.`;
    const remedy =
      'Look for it in pg_stat_activity and pg_prepared_xacts, end it, and set idle_in_transaction_session_timeout.';
    yield finding('vacuum-held-back', 'warning', message, remedy);
  }
  if (facts.slots > 0) {
    const message = `${facts.slots} replication slots are not in use: the server keeps its log for them, until the disk is full.`;
    const remedy = 'Bring the consumer back, or drop the slot with pg_drop_replication_slot().';
    yield finding('vacuum-held-back', 'warning', message, remedy);
  }
}

function* judgeBloat({ live, dead }: TableFacts): Generator<Judgement> {
  if (dead < FEW || dead < live) return;
  const message = `The table has ${Math.round(dead)} dead rows beside ${Math.round(live)} live ones: vacuum does not keep up.`;
  const remedy =
    'VACUUM the table, and let autovacuum work more: autovacuum_vacuum_cost_limit, or its settings of the table.';
  yield finding('bloat', 'warning', message, remedy);
}

function* judgeBacklog({ expired, rows }: Backlog): Generator<Judgement> {
  if (expired < FEW || expired < rows / 2) return;
  const message = `About ${expired} of ${rows} rows are of no more use and wait for a purge.`;
  const remedy = 'Call startPurging(), or purgeExpired() more often.';
  yield finding('purge-backlog', 'warning', message, remedy);
}
