import { minVersion } from 'semver';
import { expect, inject, test } from 'vitest';
import { FreshProject } from '../support/fresh-project.ts';
import { unpacked } from '../support/tarball.ts';

const tarballs = inject('tarballs');

interface Installation {
  readonly packages: readonly string[];
  readonly drivers: readonly string[];
  /** What these depend on themselves, of what nobody else brings. */
  readonly brought?: readonly string[];
  /** That nothing else is installed, of anybody's. */
  readonly nothingElse?: boolean;
  /** Constructs, uses what needs no server, closes, and must then end by itself. */
  readonly main: string;
}

const installations: readonly Installation[] = [
  {
    packages: ['@idem/core', '@idem/fingerprint', '@idem/memory'],
    drivers: [],
    brought: ['canonicalize'],
    nothingElse: true,
    main: `
      import { Idempotency } from '@idem/core';
      import { fingerprintOf, type JsonPointer } from '@idem/fingerprint';
      import { MemoryStore } from '@idem/memory';

      await using store = new MemoryStore();
      const idempotency = new Idempotency({ store, ttl: 60_000, lease: 1_000 });
      const except: JsonPointer[] = ['/sentAt'];
      const fingerprint: string = fingerprintOf({ sentAt: 1, amount: 2 }, { except });
      const { value, replayed } = await idempotency.run('key', async () => 'done', { fingerprint });
      console.log(value satisfies string, replayed);`,
  },
  {
    packages: ['@idem/core', '@idem/fingerprint', '@idem/http', '@idem/memory'],
    // No framework: what is not used need not be there.
    drivers: [],
    main: `
      import { createServer } from 'node:http';
      import { Idempotency } from '@idem/core';
      import { idempotent } from '@idem/http';
      import { idempotentFetch } from '@idem/http/client';
      import { idempotent as forNode } from '@idem/http/node';
      import { MemoryStore } from '@idem/memory';

      const idempotency = new Idempotency({ store: new MemoryStore(), ttl: 60_000 });
      const options = { idempotency, principal: 'anonymous' } as const;
      createServer(forNode(options, (_, response) => response.end()));
      const handler = idempotent(options, () => Response.json({ done: true }));
      const send = idempotentFetch({ fetch: (input, init) => handler(new Request(input, init)) });
      const { response, replayed } = await send.run('http://localhost/', { method: 'POST', body: '{}' });
      for (const name of ['express', 'fastify', 'koa']) await import('@idem/http/' + name);
      const absent = await import('@idem/http/' + 'nest').catch((error: Error) => error.message);
      if (!/@nestjs/.test(absent)) throw new Error(absent);
      console.log(response.status satisfies number, replayed);`,
  },
  {
    packages: ['@idem/core', '@idem/redis'],
    drivers: ['ioredis'],
    main: `
      import { Idempotency, type IdempotencyStore } from '@idem/core';
      import { RedisStore } from '@idem/redis';
      import { Redis } from 'ioredis';

      const client = new Redis({ lazyConnect: true });
      const store: IdempotencyStore = new RedisStore({ client });
      new Idempotency({ store, ttl: 60_000, lease: 1_000 });
      await store.close();
      client.disconnect();
      console.log(client.status, false);`,
  },
  {
    packages: ['@idem/core', '@idem/redis'],
    drivers: ['redis'],
    main: `
      import { Idempotency, type IdempotencyStore } from '@idem/core';
      import { RedisStore } from '@idem/redis';
      import { createClient } from 'redis';

      const client = createClient();
      const store: IdempotencyStore = new RedisStore({ client });
      new Idempotency({ store, ttl: 60_000, lease: 1_000 });
      await store.close();
      console.log('closed', client.isOpen);`,
  },
  {
    packages: ['@idem/core', '@idem/postgres'],
    drivers: ['pg', '@types/pg'],
    main: `
      import { Idempotency, type IdempotencyStore } from '@idem/core';
      import { PostgresStore } from '@idem/postgres';
      import { inPgTransaction } from '@idem/postgres/pg';
      import pg from 'pg';

      const pool = new pg.Pool({ max: 1 });
      const store: IdempotencyStore = new PostgresStore<pg.PoolClient>({ pool });
      new Idempotency({ store, ttl: 60_000, lease: 1_000 });
      inPgTransaction(pool);
      await store.close();
      await pool.end();
      console.log('closed', pool.ending === false);`,
  },
  {
    packages: ['@idem/core', '@idem/sqlserver'],
    drivers: ['kysely', 'tarn', 'tedious'],
    main: `
      import { Idempotency, type IdempotencyStore } from '@idem/core';
      import { SqlServerStore } from '@idem/sqlserver';
      import { Kysely, MssqlDialect } from 'kysely';
      import * as tarn from 'tarn';
      import * as tedious from 'tedious';

      const dialect = new MssqlDialect({
        tarn: { ...tarn, options: { min: 0, max: 2 } },
        tedious: { ...tedious, connectionFactory: () => new tedious.Connection({ server: 'localhost' }) },
        validateConnections: false,
      });
      const db = new Kysely<object>({ dialect });
      const store: IdempotencyStore = new SqlServerStore({ db });
      new Idempotency({ store, ttl: 60_000, lease: 1_000 });
      await store.close();
      await db.destroy();
      console.log('closed', false);`,
  },
  {
    packages: ['@idem/core', '@idem/sqlserver'],
    drivers: ['mssql', '@types/mssql'],
    brought: ['tarn', 'tedious'],
    main: `
      import { Idempotency, isIdempotencyError, type IdempotencyStore } from '@idem/core';
      import { SqlServerStore } from '@idem/sqlserver';
      import { inMssqlTransaction, mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
      import sql from 'mssql';

      const pool = new sql.ConnectionPool({ server: 'localhost' });
      const transactions = mssqlTransactions<sql.Transaction>();
      const store: IdempotencyStore = new SqlServerStore({ pool: mssqlPool(pool), transactions });
      new Idempotency({ store, ttl: 60_000, lease: 1_000 });
      inMssqlTransaction(pool);
      await store.close();
      for (const name of ['knex', 'prisma', 'sequelize', 'tedious', 'typeorm']) {
        await import('@idem/sqlserver/' + name);
      }

      // What it would open a pool with is missed when it is asked to, and after its options were checked.
      const connect = async (poolSize: number): Promise<string> => {
        const error: unknown = await SqlServerStore.connect('sqlserver://sa@localhost', { poolSize }).catch((e) => e);
        return isIdempotencyError(error) ? error.code + ' ' + error.message : String(error);
      };
      for (const [poolSize, expected] of [
        [0, /^IDEM_INVALID_OPTIONS/],
        [1, /^IDEM_ADAPTER_MISSING .*package kysely .*npm install kysely tarn tedious/],
      ] as const) {
        const told = await connect(poolSize);
        if (!expected.test(told)) throw new Error(told);
      }
      console.log('closed', pool.connected);`,
  },
];

const ALL_DRIVERS = [
  'ioredis',
  'pg',
  '@types/pg',
  'mssql',
  '@types/mssql',
  'redis',
  'kysely',
  'tarn',
  'tedious',
  'vitest',
  'fast-check',
  'typescript',
  'express',
  'fastify',
  'koa',
  '@nestjs/common',
  'rxjs',
];

for (const { packages, drivers, brought = [], nothingElse = false, main } of installations) {
  test(`a fresh project with ${[...packages, ...drivers].join(', ')} alone`, async () => {
    await using project = await FreshProject.make({ 'main.ts': main });
    await project.install([...packages.map(tarballOf), ...drivers]);
    const installed = await project.installed();

    const expected = [...packages, ...drivers, ...brought];
    expect(installed, 'what was asked for').toEqual(expect.arrayContaining(expected));
    if (nothingElse) expect(installed).toEqual(expected);
    const others = [...ALL_DRIVERS, ...Object.keys(tarballs)].filter((x) => !expected.includes(x));
    expect(
      installed.filter((name) => others.includes(name)),
      'what was not',
    ).toEqual([]);
    await project.typeCheck();
    expect(await project.node('main.ts')).toMatch(/ false\n$/);
  });
}

/** Each installs its drivers once more: for the nightly run. */
const oldest = process.env['IDEM_TEST_BUDGET'] === 'long' ? installations : [];

for (const { packages, drivers, main } of oldest.filter(({ drivers }) => drivers.length > 0)) {
  test(`${packages.join(' and ')} with the oldest ${drivers.join(', ')} that they allow`, async () => {
    const adapter = packages.find((name) => name !== '@idem/core') ?? '';
    const { peerDependencies = {} } = (await unpacked(tarballOf(adapter))).manifest;
    const own = drivers.filter((name) => !name.startsWith('@types/'));
    expect(Object.keys(peerDependencies)).toEqual(expect.arrayContaining(own));
    const versions = drivers.map((name) => {
      const range = peerDependencies[name];
      return range === undefined ? name : `${name}@${minVersion(range)}`;
    });
    await using project = await FreshProject.make({ 'main.ts': main });
    await project.install([...packages.map(tarballOf), ...versions]);
    await project.typeCheck();
    expect(await project.node('main.ts')).toMatch(/ false\n$/);
  });
}

function tarballOf(name: string): string {
  const tarball = tarballs[name];
  if (tarball === undefined) throw new Error(`no tarball of ${name}`);
  return tarball;
}
