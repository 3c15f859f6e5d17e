/**
 * What the SQL Server adapter costs, in one run, as ratios (a) to bare tedious that sends the same
 * statements: the adapter's and kysely's own cost; and (b) to a bare INSERT, UPDATE and SELECT by
 * primary key: the cost of the statements. `--quick` for a smoke test.
 */
import { randomBytes } from 'node:crypto';
import { createToken } from '@idem/core';
import { keyHash, tokenHash } from '@idem/core/sql';
import { dropSchemaSql, SqlServerStore } from '@idem/sqlserver';
import { configOf, findServer, urlOf } from '@idem-workspace/test-servers/sqlserver';
import {
  durationParameters,
  paddedFingerprint,
  readableKey,
  valueParameters,
} from '../../packages/sqlserver/src/parameters.ts';
import { namesOf } from '../../packages/sqlserver/src/schema/names.ts';
import { claim } from '../../packages/sqlserver/src/schema/procedures/claim.ts';
import { complete } from '../../packages/sqlserver/src/schema/procedures/holder.ts';
import {
  callProcedure,
  type Procedure,
} from '../../packages/sqlserver/src/schema/procedures/procedure.ts';
import { BareTedious } from './support/bare-tedious.ts';
import { type Comparison, type Contestant, line, sideBySide } from './support/side-by-side.ts';

const quick = process.argv.includes('--quick');
const TTL = 86_400_000;
const LEASE = 30_000;
const CONNECTIONS = 8;
const KEYS = 500;
const VALUE = Buffer.from(JSON.stringify({ status: 201, body: { id: 'ch_3OqX', amount: 4200 } }));
const FINGERPRINT = 'f'.repeat(64);
const BARS = { same: 0.85, fresh: 0.6, replay: 0.7 };

const server = await findServer();
if ('absent' in server) {
  console.log(`Not run: ${server.absent}`);
  process.exit(0);
}
const table = `Idem_${randomBytes(6).toString('hex')}`;
const bare = await BareTedious.open(configOf(server), CONNECTIONS);
const store = await SqlServerStore.connect(
  urlOf(server, table, { poolSize: CONNECTIONS, timeout: 60_000 }),
);
await store.ensureSchema();
const textOf = (procedure: Procedure): string =>
  callProcedure(namesOf({ table }), procedure, (n) => `@${n}`);
const [claimText, completeText] = [textOf(claim), textOf(complete)];
const plain = `dbo.${table}_plain`;
await bare.send(
  `CREATE TABLE ${plain} (KeyHash BINARY(32) NOT NULL PRIMARY KEY, IdempotencyKey NVARCHAR(1024) NOT NULL,
   State VARCHAR(9) NOT NULL, TokenHash BINARY(32) NOT NULL, EndsAt DATETIME2(7) NOT NULL,
   Fingerprint VARCHAR(256) NULL, Value VARBINARY(MAX) NULL)`,
  [],
);

// Each contestant is measured several times, and a fresh key is fresh once.
let fresh = 0;
const sameFresh: Contestant = {
  name: 'bare tedious, the same statements',
  run: async () => {
    const [key, token] = [`same-${fresh++}`, createToken()];
    const lease = durationParameters(LEASE);
    await bare.send(claimText, [
      ...[keyHash(key), readableKey(key), tokenHash(token), paddedFingerprint(FINGERPRINT)],
      ...lease,
    ]);
    await bare.send(completeText, [
      ...[keyHash(key), tokenHash(token)],
      ...valueParameters(VALUE),
      ...durationParameters(TTL),
    ]);
  },
};
const plainFresh: Contestant = {
  name: 'bare INSERT and UPDATE by primary key',
  run: async () => {
    const [key, token] = [`plain-${fresh++}`, createToken()];
    await bare.send(
      `INSERT INTO ${plain} (KeyHash, IdempotencyKey, State, TokenHash, EndsAt, Fingerprint) VALUES (@1, @2, 'claimed', @3, SYSUTCDATETIME(), @4)`,
      [keyHash(key), key, tokenHash(token), FINGERPRINT],
    );
    await bare.send(`UPDATE ${plain} SET State = 'completed', Value = @2 WHERE KeyHash = @1`, [
      keyHash(key),
      VALUE,
    ]);
  },
};
const storeFresh: Contestant = {
  name: '@idem/sqlserver claim and complete',
  run: async () => {
    const [key, token] = [`store-${fresh++}`, createToken()];
    await store.claim(key, { token, lease: LEASE, fingerprint: FINGERPRINT });
    await store.complete(key, token, VALUE, TTL);
  },
};

const replayToken = createToken();
const replayed = (unit: number): string => `replay-${unit % KEYS}`;
const sameReplay: Contestant = {
  name: 'bare tedious, the same statement',
  run: (unit) =>
    bare.send(claimText, [
      ...[keyHash(replayed(unit)), readableKey(replayed(unit)), tokenHash(replayToken)],
      paddedFingerprint(FINGERPRINT),
      ...durationParameters(LEASE),
    ]),
};
const plainReplay: Contestant = {
  name: 'bare SELECT by primary key',
  run: (unit) =>
    bare.send(`SELECT Value FROM ${plain} WHERE KeyHash = @1`, [keyHash(replayed(unit))]),
};
const storeReplay: Contestant = {
  name: '@idem/sqlserver claim of a completed key',
  run: (unit) =>
    store.claim(replayed(unit), { token: replayToken, lease: LEASE, fingerprint: FINGERPRINT }),
};

for (let unit = 0; unit < KEYS; unit += 1) {
  await store.store(replayed(unit), VALUE, TTL);
  await bare.send(
    `INSERT INTO ${plain} (KeyHash, IdempotencyKey, State, TokenHash, EndsAt, Value) VALUES (@1, @2, 'completed', @1, SYSUTCDATETIME(), @3)`,
    [keyHash(replayed(unit)), replayed(unit), VALUE],
  );
}

console.log(`${server.description}, Node ${process.version}, a value of ${VALUE.length} bytes`);
let met = true;
for (const concurrency of [1, CONNECTIONS]) {
  const units = (concurrency === 1 ? 150 : 400) / (quick ? 10 : 1);
  const rounds = { rounds: quick ? 4 : 20, units, concurrency };
  report(
    '(a) a fresh key',
    concurrency,
    BARS.same,
    await sideBySide([sameFresh, storeFresh], rounds),
  );
  report(
    '(a) a replay',
    concurrency,
    BARS.same,
    await sideBySide([sameReplay, storeReplay], rounds),
  );
  report(
    '(b) a fresh key',
    concurrency,
    BARS.fresh,
    await sideBySide([plainFresh, storeFresh], rounds),
  );
  report(
    '(b) a replay',
    concurrency,
    BARS.replay,
    await sideBySide([plainReplay, storeReplay], rounds),
  );
}
if (!met) console.log('A bar was missed.');
await bare.send(`DROP TABLE ${plain}`, []);
await store.close();
await bare.send(dropSchemaSql({ table }), []);
bare.close();
await server.stop();

function report(
  what: string,
  concurrency: number,
  bar: number,
  results: readonly Comparison[],
): void {
  console.log(`${what}, concurrency ${concurrency} (bar ${bar})`);
  for (const result of results) console.log(line(result));
  met &&= results.slice(1).every(({ ratio }) => ratio >= bar);
}
