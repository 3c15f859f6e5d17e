import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CamelCasePlugin, CompiledQuery, Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { configOf } from './support/config.ts';
import { describeWithTable } from './support/table.ts';

const value = new TextEncoder().encode('{"ok":true}');

describeWithTable('the store', (at) => {
  test('each operation is one request, takeovers and repetitions included', async () => {
    const sent: string[] = [];
    const db = new Kysely<unknown>({
      dialect: createDialect(configOf(at.address), { max: 1 }),
      log: ({ query }) => {
        sent.push(query.sql);
      },
    });
    const store = new SqlServerStore({ db, table: at.table, timeout: 60_000 });
    const token = createToken();
    await store.claim('one', { token, lease: 1 });
    await at.query(`UPDATE dbo.${at.table} SET EndsAt = '2020-01-01'`);
    await store.claim('one', { token, lease: 60_000, fingerprint: 'f' });
    await store.claim('one', { token, lease: 60_000, fingerprint: 'f' });
    await store.claim('one', { token: createToken(), lease: 60_000 });
    await store.renew('one', token, 60_000);
    await store.release('one', token);
    await store.claim('one', { token, lease: 60_000 });
    await store.complete('one', token, value, 60_000);
    await store.complete('one', token, value, 60_000);
    await store.claim('one', { token: createToken(), lease: 60_000 });
    await store.find('one');
    await store.exists('one');
    await store.store('one', value, 60_000);
    await store.store('two', value, 60_000);
    await store.remove('one');
    await store.inspect('one');
    expect(sent).toHaveLength(16);
    expect(new Set(sent).size).toBe(9);
    await db.destroy();
  });

  test('close leaves the instance that was handed in alone', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    await store.close();
    await expect(at.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  test('plugins of the user’s instance touch nothing of ours', async () => {
    const db = at.db.withPlugin(new CamelCasePlugin());
    const store = new SqlServerStore({ db, table: at.table, timeout: 60_000 });
    const token = createToken();
    const claimed = await store.claim('plugin', { token, lease: 60_000, fingerprint: '{"a":1}' });
    expect(claimed).toMatchObject({ outcome: 'acquired', takeover: false });
    const seen = await store.claim('plugin', { token: createToken(), lease: 60_000 });
    expect(seen).toMatchObject({ outcome: 'in-progress', fingerprint: '{"a":1}' });
  });

  test('an exhausted pool is an error of its own, and what was given up is never sent', async () => {
    const db = new Kysely<unknown>({ dialect: createDialect(configOf(at.address), { max: 1 }) });
    const store = new SqlServerStore({ db, table: at.table, timeout: 300 });
    const holding = await db.startTransaction().execute();
    const claim = store.claim('busy', { token: createToken(), lease: 60_000 });
    await expect(claim).rejects.toMatchObject({ code: 'IDEM_STORE_BUSY', retryable: true });
    await holding.rollback().execute();
    const patient = new SqlServerStore({ db, table: at.table, timeout: 60_000 });
    await expect(
      patient.claim('busy', { token: createToken(), lease: 60_000 }),
    ).resolves.toMatchObject({ outcome: 'acquired' });
    await db.destroy();
  });

  test('a missing schema says what to call', async () => {
    const store = new SqlServerStore({ db: at.db, table: `${at.table}_missing` });
    await expect(store.find('any')).rejects.toMatchObject({
      code: 'IDEM_SCHEMA_MISSING',
      message: expect.stringContaining('ensureSchema()'),
    });
  });

  test('many may create the schema at once, and again', async () => {
    const table = `${at.table}_race`;
    const racing = [1, 2, 3, 4].map(
      () => new SqlServerStore({ db: at.db, table, timeout: 60_000 }),
    );
    await Promise.all(racing.map((store) => store.ensureSchema()));
    await Promise.all(racing.map((store) => store.ensureSchema()));
    await expect(racing[0]?.exists('any')).resolves.toBe(false);
    await at.dropTable(table);
  });

  test('an aborted operation rejects at once while its row is locked, and the pool recovers', async () => {
    const store = await at.open({ timeout: 60_000, poolSize: 1 });
    const token = createToken();
    await store.claim('locked', { token, lease: 60_000 });
    const holding = await at.db.startTransaction().execute();
    const inside = new SqlServerStore({ db: at.db, table: at.table }).inTransaction(holding);
    await inside.complete('locked', token, value, 60_000);
    const stop = new AbortController();
    const renewing = store.renew('locked', token, 60_000, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(renewing).rejects.toThrow('enough');
    await holding.rollback().execute();
    await expect(store.exists('locked')).resolves.toBe(false);
  });

  test('a connection that died in the pool is not handed out again', async () => {
    const config = configOf(at.address);
    const options = { ...config.options, appName: `${at.table}_killed` };
    const db = new Kysely<unknown>({ dialect: createDialect({ ...config, options }, { max: 1 }) });
    const store = new SqlServerStore({ db, table: at.table, timeout: 60_000 });
    await store.store('alive', value, 60_000);
    // By a name that is only its own: other tests have sessions on this server too.
    const named = await at.query<{ id: number }>(
      'SELECT session_id AS id FROM sys.dm_exec_sessions WHERE program_name = @1',
      [options.appName],
    );
    expect(named).toHaveLength(1);
    await at.query(`KILL ${named[0]?.id}`).catch(() => {});
    await expect(store.exists('alive')).resolves.toBe(true);
    await db.destroy();
  });

  test('what is answered is committed, on a session with IMPLICIT_TRANSACTIONS on too', async () => {
    const config = configOf(at.address);
    const options = { ...config.options, enableImplicitTransactions: true };
    const db = new Kysely<unknown>({ dialect: createDialect({ ...config, options }, { max: 1 }) });
    const store = new SqlServerStore({ db, table: at.table, timeout: 60_000 });
    await store.store('implicit', value, 60_000);
    const other = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    await expect(other.exists('implicit')).resolves.toBe(true);
    await store.remove('implicit');
    await expect(other.exists('implicit')).resolves.toBe(false);
    await db.destroy();
  });

  test('a session has its XACT_ABORT and no open transaction after what has a transaction of its own', async () => {
    const config = configOf(at.address);
    const options = { ...config.options, abortTransactionOnError: false };
    const db = new Kysely<unknown>({ dialect: createDialect({ ...config, options }, { max: 1 }) });
    const store = new SqlServerStore({ db, table: at.table, timeout: 60_000 });
    const session = async (): Promise<unknown> => {
      const state = 'SELECT @@TRANCOUNT AS transactions, @@OPTIONS & 16384 AS abort';
      const { rows } = await db.executeQuery(CompiledQuery.raw(state));
      return rows[0];
    };
    const [key, token, other] = ['session', createToken(), createToken()];
    const claim = () => store.claim(key, { token, lease: 60_000 });
    const left = { transactions: 0, abort: 0 };
    await claim();
    await expect(store.renew(key, token, 60_000)).resolves.toBe(true);
    await expect(session()).resolves.toEqual(left);
    await expect(store.renew(key, other, 60_000)).resolves.toBe(false);
    await expect(session()).resolves.toEqual(left);
    await expect(store.release(key, token)).resolves.toBe(true);
    await expect(session()).resolves.toEqual(left);
    await claim();
    await expect(store.complete(key, token, value, 60_000)).resolves.toBe(true);
    await expect(session()).resolves.toEqual(left);
    await store.remove(key);
    await expect(session()).resolves.toEqual(left);
    await db.destroy();
  });

  const NOTHING = { TokenHash: null, Fingerprint: null, Value: null, ValueCrc32: null };

  test('a removed record leaves its key and its fence, and the moment of the removal', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    const token = createToken();
    await store.claim('left', { token, lease: 60_000, fingerprint: 'abc' });
    await store.complete('left', token, value, 600_000);
    await at.query(
      `UPDATE dbo.${at.table} SET EndsAt = '2050-01-01', Takeover = 1 WHERE IdempotencyKey = N'left'`,
    );
    await store.remove('left');
    const [row] = await at.query(
      `SELECT State, TokenHash, Fingerprint, Value, ValueCrc32, CAST(Takeover AS INT) AS takeover,
         ABS(DATEDIFF(HOUR, EndsAt, SYSUTCDATETIME())) AS hours
       FROM dbo.${at.table} WHERE IdempotencyKey = N'left'`,
    );
    expect(row).toEqual({ ...NOTHING, State: 'vacant', takeover: 0, hours: 0 });
  });

  test('a claim keeps nothing of the record that expired before it', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    await store.store('kept', value, 60_000);
    await at.query(
      `UPDATE dbo.${at.table} SET EndsAt = '2020-01-01' WHERE IdempotencyKey = N'kept'`,
    );
    await store.claim('kept', { token: createToken(), lease: 60_000 });
    const [row] = await at.query(
      `SELECT State, Value, ValueCrc32 FROM dbo.${at.table} WHERE IdempotencyKey = N'kept'`,
    );
    expect(row).toEqual({ State: 'claimed', Value: null, ValueCrc32: null });
  });

  test('a released claim leaves its key, its fence and its token, by which a repeated release is known', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    const token = createToken();
    await store.claim('released', { token, lease: 600_000, fingerprint: 'abc' });
    await store.release('released', token);
    const rows = await at.query(
      `SELECT State, CASE WHEN TokenHash IS NULL THEN 0 ELSE 1 END AS known, Fingerprint, Value,
         CASE WHEN EndsAt <= SYSUTCDATETIME() THEN 1 ELSE 0 END AS ended
       FROM dbo.${at.table} WHERE IdempotencyKey = N'released'`,
    );
    expect(rows).toEqual([{ State: 'vacant', known: 1, Fingerprint: null, Value: null, ended: 1 }]);
  });

  // It would be in the way until the purge, which leaves what is damaged for whoever asks.
  test('remove clears a damaged claim whose lease is over', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    const claim = () => store.claim('damaged', { token: createToken(), lease: 600_000 });
    await claim();
    await at.query(
      `UPDATE dbo.${at.table} SET Fence = -1, EndsAt = '2020-01-01' WHERE IdempotencyKey = N'damaged'`,
    );
    await expect(claim()).rejects.toMatchObject({ code: 'IDEM_RECORD_CORRUPT' });
    await store.remove('damaged');
    await expect(claim()).resolves.toMatchObject({ outcome: 'acquired', takeover: false });
  });

  test('a row is readable in plain T-SQL', async () => {
    const store = await at.open({ timeout: 60_000 });
    await store.claim('order 17 😀', { token: createToken(), lease: 60_000, fingerprint: 'abc' });
    const [row] = await at.query(
      `SELECT IdempotencyKey, State, Fingerprint FROM dbo.${at.table} WHERE IdempotencyKey LIKE N'order 17%'`,
    );
    expect(row).toEqual({ IdempotencyKey: 'order 17 😀', State: 'claimed', Fingerprint: 'abc' });
  });
});
