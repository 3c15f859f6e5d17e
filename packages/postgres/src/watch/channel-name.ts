import { hash } from 'node:crypto';

/** Of 160 bits: no two keys of one database meet by chance. A name of PostgreSQL has 63 bytes at most. */
const DIGITS = 40;

/**
 * What a key is called in LISTEN and NOTIFY: hexadecimal digits behind a prefix, so it needs no
 * quoting, tells nobody the key, and has one length however long the key is.
 *
 * @param table with its schema, as every client of the table names it
 */
export function channelName(table: string, key: string): string {
  return `idem_${hash('sha256', `${table}\0${key}`).slice(0, DIGITS)}`;
}
