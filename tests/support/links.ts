import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** A link of a page to another file of the repository, or to a heading. */
export interface Link {
  /** Where it stands: `docs/operations.md:12`. */
  readonly place: string;
  readonly target: string;
  /** From the root, or the page itself. */
  readonly file: string;
  readonly heading: string | undefined;
}

const root: string = join(import.meta.dirname, '../..');
const PAGES = ['*.md', 'docs/**/*.md', '{packages,examples}/*/*.md', '{simulation,mutation}/*.md'];
const LINK = /\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g;

export async function readLinks(): Promise<Link[]> {
  const links: Link[] = [];
  for await (const page of glob(PAGES, { cwd: root })) {
    const text = withoutCode(await readFile(join(root, page), 'utf8'));
    for (const match of text.matchAll(LINK)) {
      const [target, path = '', heading] = match;
      const line = text.slice(0, match.index).split('\n').length;
      const file = path === '' ? page : relative(root, join(root, dirname(page), path));
      links.push({ place: `${page}:${line}`, target, file, heading });
    }
  }
  return links;
}

/** Why it leads nowhere, or null. */
export async function deadEnd({ file, heading }: Link): Promise<string | null> {
  const path = join(root, file);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return `there is no ${file}`;
  if (heading === undefined) return null;
  const page = found.isDirectory() ? join(path, 'README.md') : path;
  const headings = withoutCode(await readFile(page, 'utf8')).matchAll(/^#+ (.*)$/gm);
  const slugs = [...headings].map(([, title = '']) => slugOf(title));
  return slugs.includes(heading) ? null : `${file} has no heading #${heading}`;
}

/** As GitHub makes it: small letters, digits, hyphens. */
function slugOf(title: string): string {
  const plain = title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '');
  return plain.trim().replaceAll(/\s/g, '-');
}

/** Line breaks stay, so that lines can be counted. */
function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, (code) => code.replaceAll(/[^\n]/g, ''));
}
