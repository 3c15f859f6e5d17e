import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs packages of the distribution, on Debian as root; says whether they are there now. */
export function aptInstall(what: string, packages: readonly string[]): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.log(`${what}: installing ${packages.join(' and ')} with apt-get`);
  // No service is started: the tests run servers of their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args: string[]): boolean =>
    spawnSync('apt-get', ['-q', '-y', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
      .status === 0;
  const install = ['install', '--no-install-recommends', ...packages];
  return apt(...install) || (apt('update') && apt(...install));
}
