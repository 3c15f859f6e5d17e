/** Why a file of a store's sources is not mutated, by its name in the folder or by the folder's. */
export type LeftOut = Readonly<Record<string, string>>;

const NO_CODE = 'It has no code of its own: types, and what others export.';
const MADE_WITH =
  'What a store is made with is no matter of the contract; tests of the package try each option.';
const WAY =
  'How it comes to the server, and what it makes of faults there, is proven by tests of the package with servers that are steered.';
export const ADVICE = 'What it finds is advice to people, no answer of an operation.';
const DRIVER = 'It says what a driver wants to be told; the contract is put to the store on each.';
const INSTALLS = 'It installs the schema, or says who may use it; tests of the package do that.';
const ANSWERS = 'It reads what a driver answers; what is mutated here is the SQL.';

export const REPLAY_CACHE =
  'It may answer what was so a moment ago; what that may be is told and tested in the package.';

export const besideMemory: LeftOut = {
  'index.ts': NO_CODE,
  'options.ts': MADE_WITH,
  'url.ts': MADE_WITH,
  'clock.ts':
    'The rules drive the clock; which one there is without that, a test of the package looks at.',
};

export const besideRedis: LeftOut = {
  'index.ts': NO_CODE,
  'scripts/script.ts': 'The name by which a server knows a script: by any other it is sent whole.',
  'call-names.ts':
    'It makes a name for each call; that no two are the same is a test of the package.',
  'options.ts': MADE_WITH,
  'url.ts': MADE_WITH,
  'connect.ts': MADE_WITH,
  'client.ts': MADE_WITH,
  'opening.ts': MADE_WITH,
  'places.ts': MADE_WITH,
  'tls-probe.ts': MADE_WITH,
  'diagnose/': ADVICE,
  'replay-cache/': REPLAY_CACHE,
  'acknowledgement.ts':
    'What replicas have is asked for by an option; tests of the package stop one.',
  'driver/': DRIVER,
  'runner.ts': WAY,
  'faults.ts': WAY,
  'redirection.ts': WAY,
  'deadlines.ts': WAY,
};

export const besidePostgresSql: LeftOut = {
  'index.ts': NO_CODE,
  'options.ts': MADE_WITH,
  'connection/': MADE_WITH,
  'drivers/': DRIVER,
  'drizzle-orm.ts': DRIVER,
  'knex.ts': DRIVER,
  'kysely.ts': DRIVER,
  'pg.ts': DRIVER,
  'postgres-js.ts': DRIVER,
  'prisma.ts': DRIVER,
  'sequelize.ts': DRIVER,
  'typeorm.ts': DRIVER,
  'diagnose/': ADVICE,
  'faults/': WAY,
  'cancelling.ts': WAY,
  'schema/grants.ts': INSTALLS,
  'schema/migration.ts': INSTALLS,
  'schema/names.ts': INSTALLS,
  'schema/schema-sql.ts': INSTALLS,
  'schema/functions/function.ts': INSTALLS,
  'schema/functions/index.ts': INSTALLS,
  'postgres-store.ts': ANSWERS,
  'sql-operations.ts': ANSWERS,
  'transaction-store.ts': ANSWERS,
  'statements/claim-answer.ts': ANSWERS,
  'statements/texts.ts': 'It puts names of tables into the texts of others.',
  'purge/walk.ts': 'It goes from batch to batch; the SQL of each is mutated.',
  'watch/': 'It listens; what is sent to it stands in the functions.',
};

export const besideSqlServerSql: LeftOut = {
  'index.ts': NO_CODE,
  'optional-types.ts': NO_CODE,
  'options.ts': MADE_WITH,
  'connection/': MADE_WITH,
  'client/': DRIVER,
  'knex.ts': DRIVER,
  'kysely.ts': DRIVER,
  'mssql.ts': DRIVER,
  'prisma.ts': DRIVER,
  'sequelize.ts': DRIVER,
  'tedious.ts': DRIVER,
  'typeorm.ts': DRIVER,
  'faults/': WAY,
  'schema/grants.ts': INSTALLS,
  'schema/migration.ts': INSTALLS,
  'schema/names.ts': INSTALLS,
  'schema/schema-sql.ts': INSTALLS,
  'schema/procedures/index.ts': INSTALLS,
  'schema/procedures/backlog.ts': ADVICE,
  'sql-server-store.ts': ANSWERS,
  'sql-operations.ts': ANSWERS,
  'transaction-store.ts': ANSWERS,
  'parameters.ts': DRIVER,
  'purge-backlog.ts': ADVICE,
  'purge.ts': 'It goes from batch to batch; the procedure of each is mutated.',
};
