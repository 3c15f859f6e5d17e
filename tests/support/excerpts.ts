import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A piece of a file that a page shows, marked as ```ts file=path/from/the/root.ts */
export interface Excerpt {
  /** Where it stands: `docs/writing-an-adapter.md:12`. */
  readonly place: string;
  readonly file: string;
  readonly code: string;
}

const root: string = join(import.meta.dirname, '../..');
const PAGES = ['README.md', 'docs/**/*.md', 'packages/*/*.md', 'examples/*/README.md'];
const FENCE = /^```\w+ file=(\S+)\n(.*?)^```$/gms;

/** Every excerpt of every README and docs page. */
export async function readExcerpts(): Promise<Excerpt[]> {
  const excerpts: Excerpt[] = [];
  for await (const page of glob(PAGES, { cwd: root })) {
    const text = await readFile(join(root, page), 'utf8');
    for (const match of text.matchAll(FENCE)) {
      const [, file = '', code = ''] = match;
      const line = text.slice(0, match.index).split('\n').length;
      excerpts.push({ place: `${page}:${line}`, file, code });
    }
  }
  return excerpts;
}

/** The lines of the file that the excerpt shows; a page may leave out their common indentation. */
export async function contains({ file, code }: Excerpt): Promise<boolean> {
  const lines = `\n${await readFile(join(root, file), 'utf8')}`;
  return ['', '  ', '    '].some((indent) =>
    lines.includes(`\n${code.replaceAll(/^(?=.)/gm, indent)}`),
  );
}
