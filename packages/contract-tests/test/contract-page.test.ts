import { readFile } from 'node:fs/promises';
import { rules } from '@idem/contract-tests';
import { expect, test } from 'vitest';
import { withRules } from '../scripts/contract-rules.ts';

test('docs/contract.md lists the rules as they are (pnpm contract:docs writes them)', async () => {
  const page = await readFile(new URL('../../../docs/contract.md', import.meta.url), 'utf8');
  expect(page).toBe(withRules(page, rules));
});
