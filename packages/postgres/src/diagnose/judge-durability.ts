import type { Facts } from './facts.ts';
import type { Finding, FindingCode } from './finding.ts';

export type Judgement = Omit<Finding, 'server'>;

/** Farther than this, in milliseconds, somebody should look at the clocks. */
const FAR = 1_000;
const OLDEST = 140_000;

/** What of these facts may lose records, run a function twice, or let none run. */
export function* judgeDurability(facts: Facts): Generator<Judgement> {
  yield* judgeServer(facts);
  yield* judgeDisk(facts);
  yield* judgeTable(facts);
  if (!facts.inRecovery) yield* judgeReplication(facts);
  yield* judgeClock(facts);
}

export function finding(
  code: FindingCode,
  severity: Finding['severity'],
  message: string,
  remedy: string,
): Judgement {
  return { code, severity, message, remedy };
}

function* judgeServer({ version, inRecovery, readOnly }: Facts): Generator<Judgement> {
  if (version < OLDEST) {
    const message = `The server is PostgreSQL ${Math.floor(version / 10_000)}; the store needs 14 or newer.`;
    yield finding('server-too-old', 'error', message, 'Upgrade the server.');
  }
  if (inRecovery) {
    const message = 'The server is a standby: it takes no claim.';
    const remedy =
      'Connect to the primary: with target_session_attrs=read-write, or an endpoint that follows it.';
    yield finding('standby', 'error', message, remedy);
  } else if (readOnly) {
    const message = 'transaction_read_only is on: the store can write nothing.';
    const remedy = 'Set default_transaction_read_only off for the role and the database.';
    yield finding('read-only', 'error', message, remedy);
  }
}

function* judgeDisk(facts: Facts): Generator<Judgement> {
  if (!facts.fsync) {
    const message = 'fsync is off: a crash of the machine may lose or ruin the whole database.';
    yield finding('fsync-off', 'error', message, 'Set fsync on.');
  }
  if (!facts.fullPageWrites) {
    const message =
      'full_page_writes is off: a page that was half written when the machine failed is not repaired.';
    const remedy =
      'Set full_page_writes on, unless the file system never leaves half a page (ZFS does not).';
    yield finding('full-page-writes-off', 'warning', message, remedy);
  }
  if (facts.synchronousCommit === 'off') {
    const message =
      'synchronous_commit is off for these sessions: a crash forgets what was acknowledged last, and its functions run again.';
    const remedy = 'Set synchronous_commit on for the role, the database or the server.';
    yield finding('synchronous-commit-off', 'warning', message, remedy);
  }
}

function* judgeTable({ table }: Facts): Generator<Judgement> {
  if (table === null) {
    const message = 'The table is not there, or the role has no right to its schema.';
    yield finding('table-missing', 'error', message, 'Run ensureSchema(), or apply schema.sql.');
  } else if (table.persistence !== 'p') {
    const what = table.persistence === 'u' ? 'UNLOGGED' : 'TEMPORARY';
    const message = `The table is ${what}: every record is forgotten in a crash.`;
    yield finding('unlogged', 'error', message, 'ALTER TABLE … SET LOGGED.');
  }
}

function* judgeReplication(facts: Facts): Generator<Judgement> {
  const { followers, confirming, synchronousStandbys, synchronousCommit } = facts;
  if (followers === null || confirming === null) {
    const message =
      'The server does not say whether a standby follows: the role lacks pg_monitor (or pg_read_all_stats).';
    const remedy = 'GRANT pg_monitor TO the role, and ask again; or look at pg_stat_replication.';
    yield finding('unknown', 'info', message, remedy);
    return;
  }
  const waits = /^(?:on|remote_write|remote_apply)$/.test(synchronousCommit);
  const named = synchronousStandbys !== '';
  if (named && waits && confirming === 0) {
    const message = `synchronous_standby_names is ${synchronousStandbys}, and no such standby is connected: every commit waits for it.`;
    yield finding('replicas-missing', 'error', message, 'Bring the standby back.');
    return;
  }
  if (named && waits) {
    if (synchronousCommit !== 'remote_write') return;
    const message =
      'synchronous_commit is remote_write: what the standby has not on its disk is lost when it crashes as it takes over.';
    yield finding('no-replica-acknowledgement', 'info', message, 'Set synchronous_commit on.');
    return;
  }
  const message =
    followers > 0
      ? named
        ? `synchronous_commit is ${synchronousCommit}: a failover loses the records that the standby had not received.`
        : 'No commit waits for the standby: a failover loses the records that it had not received.'
      : 'There is no standby: when this server is lost, so are its records.';
  const remedy =
    'Set synchronous_standby_names and synchronous_commit on (a managed server has a switch for it).';
  const severity = followers > 0 ? 'warning' : 'info';
  yield finding('no-replica-acknowledgement', severity, message, remedy);
}

function* judgeClock({ clockAhead }: Facts): Generator<Judgement> {
  if (Math.abs(clockAhead) < FAR) return;
  const message = `The server's clock is ${Math.round(Math.abs(clockAhead))} ms ${clockAhead > 0 ? 'ahead of' : 'behind'} this process's. Only the server's clock counts.`;
  yield finding('clock-far', 'info', message, 'See which of the two is wrong (NTP).');
}
