import { createDialect } from '@idem/sqlserver';
import { Kysely } from 'kysely';
import { parseUrl } from '../../src/connection/url.ts';

/** A Kysely instance as a user would have it. */
export function createDatabase(url: string): Kysely<unknown> {
  return new Kysely({ dialect: createDialect(parseUrl(url).config, { max: 4 }) });
}
