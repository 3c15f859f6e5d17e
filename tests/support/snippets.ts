import { glob, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface Snippet {
  /** Where it stands: `packages/core/README.md:12`. */
  readonly place: string;
  readonly code: string;
  /** What runs it, told by what it imports. */
  readonly runner: 'node' | 'vitest' | 'node-test' | 'fragment';
  /** The environment variable with a server's URL that it reads. */
  readonly needs: 'REDIS_URL' | 'SQLSERVER_URL' | 'POSTGRES_URL' | null;
}

const root: string = join(import.meta.dirname, '../..');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/**/*.md',
  'packages/*/*.md',
  'examples/*/README.md',
];
const FENCE = /^```ts([^\n]*)\n(.*?)^```$/gms;

/** Every TypeScript snippet of every README and docs page. */
export async function readSnippets(): Promise<Snippet[]> {
  const snippets: Snippet[] = [];
  for await (const path of glob(PAGES, { cwd: root })) {
    const text = await readFile(join(root, path), 'utf8');
    for (const match of text.matchAll(FENCE)) {
      const [, flags = '', code = ''] = match;
      // An excerpt of a file is compared with that file instead: see excerpts.ts.
      if (/ file=/.test(flags)) continue;
      const line = text.slice(0, match.index).split('\n').length;
      const place = `${relative(root, join(root, path))}:${line}`;
      snippets.push({ place, code, runner: runnerOf(flags, code), needs: serverOf(code) });
    }
  }
  return snippets.sort((a, b) => a.place.localeCompare(b.place, 'en', { numeric: true }));
}

function runnerOf(flags: string, code: string): Snippet['runner'] {
  if (flags.trim() === 'fragment') return 'fragment';
  if (/from '(vitest|@idem\/contract-tests\/vitest)'/.test(code)) return 'vitest';
  if (/from '(node:test|@idem\/contract-tests\/node-test)'/.test(code)) return 'node-test';
  return 'node';
}

function serverOf(code: string): Snippet['needs'] {
  if (code.includes('REDIS_URL')) return 'REDIS_URL';
  if (code.includes('POSTGRES_URL')) return 'POSTGRES_URL';
  return code.includes('SQLSERVER_URL') ? 'SQLSERVER_URL' : null;
}
