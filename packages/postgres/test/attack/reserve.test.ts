import { createServer, type Socket } from 'node:net';
import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { until } from '@idem-workspace/test-servers/postgres';
import pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';
import { PATIENT } from '../support/url.ts';

const LEASE = 600_000;

describeWithTable('the connection beside a pool that is all in use', (at) => {
  /** A claim whose lease is renewed while the only connection of the pool is in use. */
  const renewBeside = async (pool: pg.Pool, key: string): Promise<boolean> => {
    const store = new PostgresStore({ pool, table: at.table, timeout: PATIENT });
    const token = createToken();
    await store.claim(key, { token, lease: LEASE });
    const held = await pool.connect();
    try {
      return await store.renew(key, token, LEASE);
    } finally {
      held.release();
      await store.close();
    }
  };
  const as = (user: string): string => Object.assign(new URL(at.server), { username: user }).href;

  test('goes where the pool goes, whatever class an application made of it', async () => {
    const made: unknown[] = [];
    class NamedPool extends pg.Pool {
      constructor(name: string, port?: number) {
        super(port === undefined ? { connectionString: at.server, max: 1 } : { port });
        made.push(name);
      }
    }
    const pool = new NamedPool('payments');
    await expect(renewBeside(pool, 'class')).resolves.toBe(true);
    expect(made).toEqual(['payments']);
    await pool.end();
  });

  test('is prepared as the application prepares each connection of the pool', async () => {
    const [login, owner] = [`${at.table}_login`, `${at.table}_owner`];
    await at.query(`CREATE ROLE ${login} LOGIN NOINHERIT; CREATE ROLE ${owner};
      GRANT ${owner} TO ${login}; GRANT ALL ON ${at.table} TO ${owner}`);
    const pool = new pg.Pool({ connectionString: as(login), max: 1 });
    let open = 0;
    pool.on('connect', (client) => {
      open += 1;
      void client.query(`SET ROLE ${owner}`);
    });
    pool.on('remove', () => {
      open -= 1;
    });
    await expect(renewBeside(pool, 'prepared')).resolves.toBe(true);
    await until('it is closed', () => open === 1);
    await pool.end();
    await at.query(`DROP OWNED BY ${owner}; DROP ROLE ${login}, ${owner}`);
  });

  test('where the server allows none, a renewal takes its turn in the pool', async () => {
    const role = `${at.table}_limited`;
    await at.query(
      `CREATE ROLE ${role} LOGIN CONNECTION LIMIT 1; GRANT ALL ON ${at.table} TO ${role}`,
    );
    const pool = new pg.Pool({ connectionString: as(role), max: 1 });
    const store = new PostgresStore({ pool, table: at.table, timeout: PATIENT });
    const token = createToken();
    await store.claim('limited', { token, lease: LEASE });
    const held = await pool.connect();
    const renewed = store.renew('limited', token, LEASE);
    await until('it is in the queue', () => pool.waitingCount === 1);
    // Somebody always waits, so that the pool is never idle.
    const next = pool.connect();
    held.release();
    await expect(renewed).resolves.toBe(true);
    (await next).release();
    await store.close();
    await pool.end();
    await at.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  test('is not opened where the pool has one that is idle', async () => {
    const pool = new pg.Pool({ connectionString: at.server, max: 1 });
    let opened = 0;
    pool.on('connect', () => {
      opened += 1;
    });
    const store = new PostgresStore({ pool, table: at.table, timeout: PATIENT });
    const token = createToken();
    await store.claim('idle', { token, lease: LEASE });
    await expect(store.renew('idle', token, LEASE)).resolves.toBe(true);
    expect(opened).toBe(1);
    await store.close();
    await pool.end();
  });

  test('to a server that is silent keeps nobody who closes the store', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    class SilentAfterOne extends pg.Client {
      constructor(config?: pg.ClientConfig) {
        const isBeside = config?.keepAlive === true;
        super(isBeside ? { host: '127.0.0.1', port, user: 'any' } : config);
      }
    }
    const pool = new pg.Pool({ connectionString: at.server, max: 1, Client: SilentAfterOne });
    const store = new PostgresStore({ pool, table: at.table, timeout: PATIENT });
    const token = createToken();
    await store.claim('silent', { token, lease: LEASE });
    const held = await pool.connect();
    const leaving = new AbortController();
    const renewed = store.renew('silent', token, LEASE, { signal: leaving.signal });
    const given = expect(renewed).rejects.toBe('gone');
    await until('it connects', () => sockets.length === 1);
    leaving.abort('gone');
    await given;
    await store.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
    held.release();
    await pool.end();
  });
});
