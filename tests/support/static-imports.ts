import { posix } from 'node:path';
import type { Unpacked } from './tarball.ts';

/** As the compiler prints them: at the beginning of a line. What is imported by a call is not among them. */
const STATIC = /^(?:import|export)\s(?:[\w$*{},\s]*?\sfrom\s)?['"]([^'"]+)['"]/gm;

/**
 * The packages that an entry cannot be loaded without, beside ours: what its file imports, and what the
 * files of its package import that it reaches so. Sorted.
 */
export async function packagesOf(entry: string, text: Unpacked['text']): Promise<string[]> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [posix.normalize(entry)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, specifier = ''] of (await text(file)).matchAll(STATIC)) {
      if (specifier.startsWith('.')) waiting.push(posix.join(posix.dirname(file), specifier));
      else if (!/^(node:|@idem\/)/.test(specifier)) packages.add(packageOf(specifier));
    }
  }
  return [...packages].sort();
}

/** `@nestjs/common` of `@nestjs/common/decorators`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
