import type { ReplicaOptions } from '../options.ts';
import type { Facts } from './facts.ts';
import type { Finding, FindingCode } from './finding.ts';

type Judgement = Omit<Finding, 'server'>;

/** Farther than this, in milliseconds, somebody should look at the clocks. */
const FAR = 1_000;

/** What of these facts may lose records, or run a function twice. */
export function judge(
  facts: Facts,
  replicas: ReplicaOptions | undefined,
  fsync: 'always' | 'everysec',
): readonly Finding[] {
  const judgements = [
    ...role(facts),
    ...judgeKeeping(facts, fsync),
    ...(facts.version === null ? [] : replication(facts, replicas)),
    ...clock(facts),
  ];
  return judgements.map((judgement) => ({ ...judgement, server: facts.server }));
}

/** The same of a replica of a Cluster, which may be the master of tomorrow. */
export function judgeReplica(facts: Facts, fsync: 'always' | 'everysec'): readonly Finding[] {
  return [...judgeKeeping(facts, fsync)].map((one) => ({ ...one, server: facts.server }));
}

function* judgeKeeping(facts: Facts, fsync: 'always' | 'everysec'): Generator<Judgement> {
  if (facts.version === null) {
    const message = 'The server does not say what it is: its user lacks +info.';
    yield finding('unknown', 'warning', message, 'Allow the user +info, and ask again.');
  }
  yield* version(facts);
  yield* eviction(facts);
  yield* persistence(facts, fsync);
}

function finding(
  code: FindingCode,
  severity: Finding['severity'],
  message: string,
  remedy: string,
): Judgement {
  return { code, severity, message, remedy };
}

function* version({ product, version: text }: Facts): Generator<Judgement> {
  if (text === null) return;
  const [major = 0, minor = 0] = text.split('.').map(Number);
  if (product !== 'redis' || major > 6 || (major === 6 && minor >= 2)) return;
  const message = `The server is Redis ${text}; the store needs 6.2 or newer.`;
  yield finding('server-too-old', 'error', message, 'Upgrade to Redis 6.2, Valkey or newer.');
}

/** Every record has an expiry, so the volatile policies evict them like the allkeys ones. */
function* eviction({ policy, maxmemory }: Facts): Generator<Judgement> {
  if (policy === 'noeviction') return;
  const remedy = 'Set maxmemory-policy noeviction, and give these records a server of their own.';
  if (policy === null) {
    yield finding(
      'unknown',
      'warning',
      'The server does not say its maxmemory-policy: its user lacks +info and +config|get.',
      remedy,
    );
    return;
  }
  const limited = maxmemory > 0;
  const message = `maxmemory-policy is ${policy}${limited ? '' : ', without a maxmemory so far'}: a record that is evicted is an operation that runs again.`;
  yield finding('eviction', limited ? 'error' : 'warning', message, remedy);
}

function* persistence(facts: Facts, wished: 'always' | 'everysec'): Generator<Judgement> {
  const remedy = `Set appendonly yes and appendfsync ${wished}.`;
  const { appendOnly, appendfsync, save } = facts;
  if (appendOnly === null || (appendOnly && appendfsync === null)) {
    const message =
      'The server does not say how it persists: its user lacks +config|get, or CONFIG is disabled.';
    yield finding('unknown', 'warning', message, `See that it has ${remedy.slice('Set '.length)}`);
    return;
  }
  if (!appendOnly) {
    const message =
      save === null || save === ''
        ? 'appendonly is no: every record is forgotten when the server restarts.'
        : `appendonly is no: a restart goes back to the last snapshot (save ${save}).`;
    yield finding('persistence-off', 'error', message, remedy);
    return;
  }
  if (facts.pausesFsync === true && appendfsync !== 'no') {
    const message =
      'no-appendfsync-on-rewrite is yes: while it rewrites its log, the server writes nothing to disk before it answers.';
    yield finding('fsync-weak', 'warning', message, 'Set no-appendfsync-on-rewrite no.');
  }
  const enough = appendfsync === 'always' || appendfsync === wished;
  if (enough) return;
  const message = `appendfsync is ${appendfsync}: a crash may lose the records acknowledged last.`;
  yield finding('fsync-weak', 'warning', message, remedy);
}

function* role({ replicaOf }: Facts): Generator<Judgement> {
  if (replicaOf === null) return;
  const message = `The server is a replica of ${replicaOf}: it takes no claim.`;
  const remedy =
    'Connect to the master: through Sentinel, a Cluster client, or an endpoint that follows it.';
  yield finding('replica', 'error', message, remedy);
}

function* replication(facts: Facts, wanted: ReplicaOptions | undefined): Generator<Judgement> {
  const { replicas, replicasToWrite, replicaOf } = facts;
  if (replicaOf !== null) return;
  if (replicasToWrite !== null && replicas < replicasToWrite) {
    const message = `${replicas} replicas follow, and min-replicas-to-write is ${replicasToWrite}: the server takes no writes.`;
    yield finding('writes-refused', 'error', message, 'Bring the replicas back.');
  }
  if (replicas > 0 && replicasToWrite === 0) {
    const message =
      'min-replicas-to-write is 0: a master that a partition cuts off goes on handing out claims, beside the one that replaces it.';
    const remedy = 'Set min-replicas-to-write 1 and min-replicas-max-lag 10.';
    yield finding('partition-unguarded', 'warning', message, remedy);
  }
  if (wanted !== undefined && replicas < wanted.count) {
    const message = `${replicas} replicas are connected, and the store waits for ${wanted.count}: every claim will fail.`;
    yield finding('replicas-missing', 'error', message, 'Bring the replicas back.');
  }
  if (wanted === undefined) {
    const message =
      replicas > 0
        ? 'A failover loses the records that the replica had not received.'
        : 'There is no replica: when this server is lost, so are its records.';
    const remedy = 'Give the store the option replicas: { count: 1, timeout: 1000 }.';
    const severity = replicas > 0 ? 'warning' : 'info';
    yield finding('no-replica-acknowledgement', severity, message, remedy);
  }
}

function* clock({ clockAhead }: Facts): Generator<Judgement> {
  if (Math.abs(clockAhead) < FAR) return;
  const message = `The server's clock is ${Math.round(Math.abs(clockAhead))} ms ${clockAhead > 0 ? 'ahead of' : 'behind'} this process's. Only the server's clock counts.`;
  yield finding('clock-far', 'info', message, 'See which of the two is wrong (NTP).');
}
