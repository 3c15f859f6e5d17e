import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeWithTable } from './support/table.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const queries = [...readme.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, text = '']) => text);

test('the README shows queries for the operator and a job', () => {
  expect(queries.length).toBe(5);
});

test('the example of each library has at most 30 lines', () => {
  const examples = [...readme.matchAll(/^```ts[^\n]*\n(.*?)^```$/gms)]
    .map(([, text = '']) => text)
    .filter((text) => text.includes('runInTransaction'));
  expect(examples.length).toBe(7);
  for (const text of examples) expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
});

describeWithTable('what the README shows in T-SQL', (at) => {
  test.each(queries)('runs: %s', async (text) => {
    const store = await at.open({ timeout: 60_000 });
    await store.store('order-1042', new Uint8Array(1), 60_000);
    const rows = await at.query(text.replaceAll('IdempotencyStore', at.table));
    if (text.includes('completed') || text.includes('KeyHash')) {
      expect(rows).toEqual([expect.objectContaining({ IdempotencyKey: 'order-1042' })]);
    }
  });
});
