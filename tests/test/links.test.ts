import { expect, test } from 'vitest';
import { deadEnd, readLinks } from '../support/links.ts';

test('every link of a page leads to a file of the repository, and to a heading where it names one', async () => {
  const links = await readLinks();
  const dead: string[] = [];
  for (const link of links) {
    const why = await deadEnd(link);
    if (why !== null) dead.push(`${link.place} ${link.target}: ${why}`);
  }
  expect(links.length).toBeGreaterThan(50);
  expect(dead).toEqual([]);
});
