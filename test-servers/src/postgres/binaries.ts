import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where PostgreSQL's programs are. */
export interface Binaries {
  readonly folder: string;
  readonly version: string;
  /** The version's first number. */
  readonly major: number;
}

const DEBIAN = '/usr/lib/postgresql';
let found: Binaries | undefined;

/** Those of IDEM_TEST_POSTGRES_BIN, Debian's newest, or those on PATH; undefined when there are none. */
export function postgresBinaries(): Binaries | undefined {
  found ??= candidates()
    .filter((folder) => existsSync(join(folder, 'initdb')))
    .map(binariesIn)
    .find((binaries) => binaries !== undefined);
  return found;
}

function candidates(): string[] {
  const named = process.env['IDEM_TEST_POSTGRES_BIN'];
  if (named !== undefined && named !== '') return [named];
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const debian = versions.sort((a, b) => Number(b) - Number(a));
  return [
    ...debian.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
}

function binariesIn(folder: string): Binaries | undefined {
  try {
    const said = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
    const version = /(\d+)\S*/.exec(said);
    if (version === null) return undefined;
    return { folder, version: version[0], major: Number(version[1]) };
  } catch {
    return undefined;
  }
}
