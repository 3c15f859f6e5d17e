/**
 * Sees that the tests have a Redis server, and says which: the one that IDEM_TEST_REDIS_URL names,
 * Docker, a redis-server on PATH, or, on Debian as root, the distribution's own package.
 */
import { execFileSync } from 'node:child_process';
import { aptInstall } from './support/apt-install.ts';

function version(): string | undefined {
  try {
    return execFileSync('redis-server', ['--version'], { encoding: 'utf8' }).split(' sha=')[0];
  } catch {
    return undefined;
  }
}

if (process.env['IDEM_TEST_REDIS_URL']) console.log('Redis: the server of IDEM_TEST_REDIS_URL');
if (version() !== undefined || aptInstall('Redis', ['redis-server'])) {
  console.log(`Redis: ${version()}, on PATH, in private instances on free ports`);
} else {
  console.log(
    'Redis: no redis-server on PATH, and it cannot be installed here (that takes root on Debian); tests that need one are skipped, with this reason',
  );
}
