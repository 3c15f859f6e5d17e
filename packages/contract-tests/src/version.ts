import { readFileSync } from 'node:fs';

/** The version of the contract that this suite proves; rules say in `since` which one brought them. */
export const CONTRACT_VERSION = '1.0';

/** The version of this package: two suites of one contract may differ in what they notice. */
export const SUITE_VERSION: string = versionIn(
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')),
);

function versionIn(manifest: unknown): string {
  const found = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return found ? String(manifest.version) : 'unknown';
}
