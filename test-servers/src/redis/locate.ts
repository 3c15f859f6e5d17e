import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { BINARY } from './redis-process.ts';

/** Where the tests get their servers from. */
export type Source =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'docker' }
  | { readonly kind: 'binary'; readonly version: string }
  | { readonly kind: 'none'; readonly reason: string };

function binaryVersion(): string | undefined {
  try {
    const said = execFileSync(BINARY, ['--version'], { encoding: 'utf8' });
    return /v=(\S+)/.exec(said)?.[1] ?? said.trim();
  } catch {
    return undefined;
  }
}

/** True when something listens where Docker's daemon does. */
function hasDocker(): boolean {
  return process.env['DOCKER_HOST'] !== undefined || existsSync('/var/run/docker.sock');
}

/** The first there is: a URL, Docker, a redis-server on PATH. */
export function locate(): Source {
  const url = process.env['IDEM_TEST_REDIS_URL'];
  if (url !== undefined && url !== '') return { kind: 'url', url };
  if (hasDocker()) return { kind: 'docker' };
  return locateBinary();
}

/** Servers that are killed, failed over and clustered are always our own processes. */
export function locateBinary(): Source {
  const version = binaryVersion();
  if (version !== undefined) return { kind: 'binary', version };
  const reason =
    'no redis-server: set IDEM_TEST_REDIS_URL, start Docker, or install redis-server on PATH';
  return { kind: 'none', reason };
}
