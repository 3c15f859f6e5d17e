/**
 * Sees that the tests have a PostgreSQL server and a PgBouncer, and says which: the server that
 * IDEM_TEST_POSTGRES_URL names, Docker, installed binaries, or, on Debian as root, the
 * distribution's own packages.
 */
import { postgresBinaries } from '../test-servers/src/postgres/binaries.ts';
import { pgBouncerBinary } from '../test-servers/src/postgres/pgbouncer-binary.ts';
import { aptInstall } from './support/apt-install.ts';

if (process.env['IDEM_TEST_POSTGRES_URL']) {
  console.log('PostgreSQL: the server of IDEM_TEST_POSTGRES_URL');
}

const missing = [
  ...(postgresBinaries() === undefined ? ['postgresql'] : []),
  ...(pgBouncerBinary() === undefined ? ['pgbouncer'] : []),
];
if (missing.length > 0) aptInstall('PostgreSQL', missing);

const binaries = postgresBinaries();
if (binaries === undefined) {
  console.log(
    'PostgreSQL: no binaries here, and they cannot be installed (that takes root on Debian); tests that need a server of their own are skipped, with this reason',
  );
} else {
  console.log(`PostgreSQL: ${binaries.version} in ${binaries.folder}, in private clusters`);
}
const pgBouncer = pgBouncerBinary();
console.log(
  pgBouncer === undefined
    ? 'PgBouncer: none here; tests that need one are skipped, with this reason'
    : `PgBouncer: ${pgBouncer.version}, in private instances`,
);
