/**
 * Sees that the tests have a Redis server, and says which: the one that IDEM_TEST_REDIS_URL names,
 * Docker, a redis-server on PATH, or, on Debian as root, the distribution's own package.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

function version(): string | undefined {
  try {
    return execFileSync('redis-server', ['--version'], { encoding: 'utf8' }).split(' sha=')[0];
  } catch {
    return undefined;
  }
}

function install(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.log('Redis: none on PATH; installing the package redis-server with apt-get');
  // No service is started: the tests run servers of their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args: string[]): boolean =>
    spawnSync('apt-get', ['-q', '-y', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
      .status === 0;
  return apt('install', 'redis-server') || (apt('update') && apt('install', 'redis-server'));
}

if (process.env['IDEM_TEST_REDIS_URL']) console.log('Redis: the server of IDEM_TEST_REDIS_URL');
if (version() !== undefined || install()) {
  console.log(`Redis: ${version()}, on PATH, in private instances on free ports`);
} else {
  console.log(
    'Redis: no redis-server on PATH, and it cannot be installed here (that takes root on Debian); tests that need one are skipped, with this reason',
  );
}
