import { readFile, writeFile } from 'node:fs/promises';
import { rules } from '@idem/contract-tests';
import { withRules } from './contract-rules.ts';

/** Writes the list of rules into docs/contract.md. */
const page = new URL('../../../docs/contract.md', import.meta.url);
await writeFile(page, withRules(await readFile(page, 'utf8'), rules));
console.log(`docs/contract.md lists ${rules.length} rules`);
