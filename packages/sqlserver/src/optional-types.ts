// biome-ignore-all lint/suspicious/noTsIgnore: here the packages are there, and nothing is to be expected

// What '.' declares names types of libraries that its user may not have installed. There the compiler
// takes them for any, without an error, as the comment goes into the declarations with them: what needs
// such a type needs its library too. Written so that each is one line in the declarations.

/**
 * A transaction of Kysely.
 * @ts-ignore: kysely is an optional peer */
export type KyselyTransaction<DB> = import('kysely').Transaction<DB>;

/**
 * What runs the requests of a Kysely instance.
 * @ts-ignore: kysely is an optional peer */
export type KyselyExecutor = import('kysely').QueryExecutor;

/**
 * tedious's configuration of a connection.
 * @ts-ignore: tedious is an optional peer */
export type TediousConfiguration = import('tedious').ConnectionConfiguration;
