import { type Finding, PostgresStore } from '@idem/postgres';
import {
  ownPostgres,
  PostgresCluster,
  type Settings,
  until,
} from '@idem-workspace/test-servers/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Facts } from '../src/diagnose/facts.ts';
import { judgeDurability } from '../src/diagnose/judge-durability.ts';
import { judgeSpace } from '../src/diagnose/judge-space.ts';

type Brief = Pick<Finding, 'code' | 'severity'>;
const severities = (findings: Iterable<Brief>): Record<string, string> =>
  Object.fromEntries([...findings].map(({ code, severity }) => [code, severity]));

const ALONE = { 'no-replica-acknowledgement': 'info' };

const found = await ownPostgres();
const cluster = found instanceof PostgresCluster ? found : undefined;
const title = 'absent' in found ? `diagnose (${found.absent})` : 'diagnose';

describe.skipIf(cluster === undefined)(title, () => {
  let store: PostgresStore;
  const server = (): PostgresCluster => {
    if (cluster === undefined) throw new Error('there is no server');
    return cluster;
  };
  const setting = async (name: string): Promise<unknown> =>
    (await server().query(`SHOW ${name}`))[0]?.[name];
  /** With another setting of the server, seen by sessions that begin now. */
  const withSettings = async (settings: Settings): Promise<readonly Finding[]> => {
    const [name = '', value] = Object.entries(settings)[0] ?? [];
    await server().set(settings);
    try {
      await until('it is set', async () => (await setting(name)) === value);
      await using fresh = await PostgresStore.connect(server().url, { timeout: 60_000 });
      return await fresh.diagnose();
    } finally {
      await server().query(`ALTER SYSTEM RESET ${name}`);
      await server().query('SELECT pg_reload_conf()');
      await until('it is as before', async () => (await setting(name)) !== value);
    }
  };

  beforeAll(async () => {
    store = await PostgresStore.connect(server().url, { timeout: 60_000 });
    await store.ensureSchema();
  });
  afterAll(async () => {
    await store.close();
    await server().close();
  });

  test('a server that keeps records has nothing to answer for but that it is alone', async () => {
    const findings = await store.diagnose();
    expect(severities(findings)).toEqual(ALONE);
    expect(findings[0]?.server).toBe(`127.0.0.1:${server().port}`);
    expect(store.supports.durability).toEqual({ promised: true });
  });

  test.each<[string, Settings, Record<string, string>]>([
    ['fsync off', { fsync: 'off' }, { 'fsync-off': 'error' }],
    ['full_page_writes off', { full_page_writes: 'off' }, { 'full-page-writes-off': 'warning' }],
    [
      'synchronous_commit off',
      { synchronous_commit: 'off' },
      { 'synchronous-commit-off': 'warning' },
    ],
    ['no writes', { default_transaction_read_only: 'on' }, { 'read-only': 'error' }],
    ['autovacuum off', { autovacuum: 'off' }, { 'autovacuum-off': 'warning' }],
  ])('%s', async (_, settings, expected) => {
    expect(severities(await withSettings(settings))).toEqual({ ...ALONE, ...expected });
  });

  test('durability is declared as the server has it, once it was asked', async () => {
    await server().query(`ALTER ROLE idem_test SET synchronous_commit = off`);
    await using weak = await PostgresStore.connect(server().url, { timeout: 60_000 });
    expect(weak.supports.durability).toEqual({ promised: true });
    await weak.diagnose();
    expect(weak.supports.durability).toMatchObject({
      promised: false,
      reason: expect.stringMatching(/synchronous_commit off/),
    });
    await server().query(`ALTER ROLE idem_test RESET synchronous_commit`);
  });

  test('a synchronous standby that is not there: every commit waits for it', async () => {
    const findings = await withSettings({ synchronous_standby_names: 'nobody' });
    expect(severities(findings)).toEqual({ 'replicas-missing': 'error' });
  });

  test('a table that is UNLOGGED, one without autovacuum, and one that is not there', async () => {
    await server().query('ALTER TABLE idempotency_store SET UNLOGGED');
    expect(severities(await store.diagnose())).toEqual({ ...ALONE, unlogged: 'error' });
    expect(store.supports.durability).toMatchObject({ promised: false });
    await server().query('ALTER TABLE idempotency_store SET LOGGED');
    await server().query('ALTER TABLE idempotency_store SET (autovacuum_enabled = off)');
    expect(severities(await store.diagnose())).toEqual({ ...ALONE, 'autovacuum-off': 'warning' });
    await server().query('ALTER TABLE idempotency_store RESET (autovacuum_enabled)');
    const elsewhere = { table: 'elsewhere', timeout: 60_000 };
    await using other = await PostgresStore.connect(server().url, elsewhere);
    expect(severities(await other.diagnose())).toEqual({ ...ALONE, 'table-missing': 'error' });
  });

  test('a role that may not see who follows is told so', async () => {
    await server().query('CREATE ROLE plain LOGIN');
    await server().query('GRANT SELECT ON idempotency_store TO plain');
    const url = server().urlOf('postgres', 'plain');
    await using plain = await PostgresStore.connect(url, { timeout: 60_000 });
    expect(severities(await plain.diagnose())).toEqual({ unknown: 'info' });
  });

  test('rows that wait for a purge, until they are purged', async () => {
    await server().query(
      `INSERT INTO idempotency_store (key, state, fence, takeover, ends_at, value, value_crc32)
       SELECT convert_to('row ' || n, 'UTF8'), 'completed', 1, false, '2020-01-01', '', 0 FROM generate_series(1, 20000) AS n`,
    );
    expect(severities(await store.diagnose())).toMatchObject({ 'purge-backlog': 'warning' });
    await store.purgeExpired({ batch: 1_000 });
    expect(severities(await store.diagnose())).not.toHaveProperty('purge-backlog');
  });
});

describe('what diagnose makes of the facts', () => {
  const healthy: Facts = {
    server: '10.0.0.1:5432',
    version: 180_000,
    fsync: true,
    fullPageWrites: true,
    synchronousCommit: 'on',
    synchronousStandbys: '',
    inRecovery: false,
    readOnly: false,
    autovacuum: true,
    followers: 0,
    confirming: 0,
    clockAhead: 0,
    oldestTransaction: null,
    slots: 0,
    table: { persistence: 'p', autovacuum: true, pages: 10, live: 100, dead: 0 },
  };
  const two = { followers: 2, confirming: 0 };
  const synchronous = { ...two, confirming: 1, synchronousStandbys: 'ANY 1 (a, b)' };

  test.each<[string, Partial<Facts>, Record<string, string>]>([
    ['standbys that no commit waits for', two, { 'no-replica-acknowledgement': 'warning' }],
    ['a standby that commits wait for', synchronous, {}],
    [
      'one that commits would wait for, were they not local',
      { ...synchronous, synchronousCommit: 'local' },
      { 'no-replica-acknowledgement': 'warning' },
    ],
    [
      'one that need not write it down',
      { ...synchronous, synchronousCommit: 'remote_write' },
      { 'no-replica-acknowledgement': 'info' },
    ],
    ['a standby', { inRecovery: true, readOnly: true }, { standby: 'error' }],
    ['PostgreSQL 13', { ...synchronous, version: 130_023 }, { 'server-too-old': 'error' }],
    ['a clock that is behind', { ...synchronous, clockAhead: -90_000 }, { 'clock-far': 'info' }],
  ])('%s', (_, facts, expected) => {
    expect(severities(judgeDurability({ ...healthy, ...facts }))).toEqual(expected);
  });

  const table = { persistence: 'p', autovacuum: true, pages: 9_000, live: 100, dead: 90_000 };
  test.each<[string, Partial<Facts>, Record<string, string>]>([
    ['an old transaction', { oldestTransaction: 7_200_000 }, { 'vacuum-held-back': 'warning' }],
    ['a slot that nobody uses', { slots: 1 }, { 'vacuum-held-back': 'warning' }],
    ['more dead rows than live ones', { table }, { bloat: 'warning' }],
  ])('%s', (_, facts, expected) => {
    const few = { expired: 0, rows: 100 };
    expect(severities(judgeSpace({ ...healthy, ...facts }, few))).toEqual(expected);
  });
});
