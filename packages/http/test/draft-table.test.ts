import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GROUPS } from './suite/groups/index.ts';

const page = await readFile(join(import.meta.dirname, '../../../docs/http.md'), 'utf8');
const cases = new Set(GROUPS.flatMap((group) => group.cases.map(({ name }) => name)));

const sources: string[] = [];
for await (const path of glob('client/*.test.ts', { cwd: import.meta.dirname })) {
  sources.push(await readFile(join(import.meta.dirname, path), 'utf8'));
}
const clientTests = sources.join('\n');

test('the page says of every sentence of the draft which test shows it, and there is that test', () => {
  const table = page.split('<!-- draft:begin -->')[1]?.split('<!-- draft:end -->')[0] ?? '';
  const rows = table.split('\n').filter((line) => /^\| \d/.test(line));
  // As many as the draft has: a row that goes missing is a sentence that nobody looks at.
  expect(rows).toHaveLength(34);
  for (const row of rows) {
    const named = [...row.matchAll(/(suite|client): `([^`]+)`/g)];
    expect(named.length, row).toBeGreaterThan(0);
    for (const [, where, name = ''] of named) {
      const exists = where === 'suite' ? cases.has(name) : clientTests.includes(`'${name}'`);
      expect(exists, name).toBe(true);
    }
  }
});

test('every mistake that the page tells of is a case of the suite', () => {
  const table = page.split('## Mistakes that others made')[1] ?? '';
  const rows = table
    .split('\n')
    .filter((line) => /^\| [^-]/.test(line))
    .slice(1);
  expect(rows).toHaveLength(12);
  for (const row of rows) {
    const named = [...(row.split(' | ')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    expect(named.length, row).toBeGreaterThan(0);
    for (const name of named) expect(cases.has(name ?? ''), name).toBe(true);
  }
});

test('every problem links to a heading of the page', async () => {
  const catalogue = await readFile(
    join(import.meta.dirname, '../src/problems/catalogue.ts'),
    'utf8',
  );
  const names = [...catalogue.matchAll(/^ {2}'([a-z-]+)': \{/gm)].map(([, name]) => name);
  expect(names.length).toBe(12);
  for (const name of names) expect(page).toContain(`\n### ${name}\n`);
});
