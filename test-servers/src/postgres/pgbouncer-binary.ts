import { execFileSync } from 'node:child_process';

export interface PgBouncerBinary {
  readonly path: string;
  readonly version: string;
  /** True from 1.21 on: it follows prepared statements from one server connection to the next. */
  readonly tracksPreparedStatements: boolean;
}

let found: PgBouncerBinary | undefined;

/** The one of IDEM_TEST_PGBOUNCER, Debian's, or one on PATH; undefined when there is none. */
export function pgBouncerBinary(): PgBouncerBinary | undefined {
  const named = process.env['IDEM_TEST_PGBOUNCER'];
  const paths = named ? [named] : ['/usr/sbin/pgbouncer', 'pgbouncer'];
  found ??= paths.map(binaryAt).find((binary) => binary !== undefined);
  return found;
}

function binaryAt(path: string): PgBouncerBinary | undefined {
  try {
    const said = execFileSync(path, ['--version'], { encoding: 'utf8' });
    const [version, major, minor] = /(\d+)\.(\d+)\S*/.exec(said) ?? [];
    if (version === undefined) return undefined;
    const number = Number(major) * 1000 + Number(minor);
    return { path, version, tracksPreparedStatements: number >= 1021 };
  } catch {
    return undefined;
  }
}
