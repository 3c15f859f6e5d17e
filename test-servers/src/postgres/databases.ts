import { Client } from 'pg';

export interface DatabaseOptions {
  /** `UTF8`, `LATIN1`, `SQL_ASCII`, … */
  readonly encoding?: string;
  /** A locale of the operating system, which decides about collation and ctype: `C` is always there. */
  readonly locale?: string;
  /** A locale of ICU, `tr-TR` for one; PostgreSQL 15 and newer. */
  readonly icuLocale?: string;
  /** Further words of CREATE DATABASE. */
  readonly more?: string;
}

let made = 0;

/** Makes a database with an encoding and a collation of its own on a server; answers its URL. */
export async function createDatabase(url: string, options: DatabaseOptions = {}): Promise<string> {
  const name = `idem_${process.pid}_${Date.now().toString(36)}_${++made}`;
  const { encoding = 'UTF8', locale = 'C', icuLocale, more = '' } = options;
  const icu = icuLocale === undefined ? '' : `LOCALE_PROVIDER icu ICU_LOCALE '${icuLocale}'`;
  await tell(
    url,
    `CREATE DATABASE ${name} TEMPLATE template0 ENCODING '${encoding}' LOCALE '${locale}' ${icu} ${more}`,
  );
  const its = new URL(url);
  its.pathname = `/${name}`;
  return its.href;
}

/** Removes it, with whoever is still connected. */
export async function dropDatabase(url: string, database: string): Promise<void> {
  const name = new URL(database).pathname.slice(1);
  await tell(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

async function tell(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
