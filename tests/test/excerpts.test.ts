import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contains, readExcerpts } from '../support/excerpts.ts';

const excerpts = await readExcerpts();

for (const excerpt of excerpts) {
  test(`${excerpt.place} shows what stands in ${excerpt.file}`, async () => {
    expect(await contains(excerpt), excerpt.code).toBe(true);
  });
}

test('the page on writing an adapter shows every source file of the example', () => {
  const page = excerpts.filter(({ place }) => place.startsWith('docs/writing-an-adapter.md:'));
  const files = new Set(page.map(({ file }) => file.replace('examples/adapter-sqlite/', '')));
  const parts = [
    'package.json',
    'src/database.ts',
    'src/errors.ts',
    'src/record.ts',
    'src/store.ts',
  ];
  expect([...files]).toEqual(expect.arrayContaining([...parts, 'test/harness.ts']));
});

test('every recipe is shown whole, and has at most 40 lines', async () => {
  const folder = join(import.meta.dirname, '../../examples/recipes/src');
  for (const name of await readdir(folder)) {
    const code = await readFile(join(folder, name), 'utf8');
    const shown = excerpts.filter(({ file }) => file === `examples/recipes/src/${name}`);
    expect(
      shown.map((excerpt) => excerpt.code),
      name,
    ).toEqual([code]);
    expect(code.split('\n').length - 1, name).toBeLessThanOrEqual(40);
  }
});
