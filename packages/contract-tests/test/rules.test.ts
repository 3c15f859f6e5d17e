import { readdir, readFile } from 'node:fs/promises';
import { CONTRACT_VERSION, rules } from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { unusedWhys } from '../src/rules/why/index.ts';

describe('the rules', () => {
  test('have ids of their own, which begin with their family', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const { id, family } of rules) expect(id).toMatch(new RegExp(`^${family}\\.[a-z0-9-]+$`));
  });

  test('say in a sentence what they demand', () => {
    for (const { id, statement } of rules) expect(statement, id).toMatch(/^.{20,}[.]$/);
  });

  test('say in another sentence why they are there', () => {
    for (const { id, statement, why = '' } of rules) {
      expect(why, id).toMatch(/^.{20,}[.]$/);
      expect(why, id).not.toBe(statement);
    }
    expect(unusedWhys(rules.map(({ id }) => id))).toEqual([]);
  });

  test('name a version of the contract that there is', () => {
    const known = (since: string): boolean => Number(since) <= Number(CONTRACT_VERSION);
    expect(rules.filter(({ since }) => !known(since))).toEqual([]);
  });

  test("live in their family's room, or in a file of its name", async () => {
    const folder = new URL('../src/rules/', import.meta.url);
    const files = (await readdir(folder, { recursive: true })).filter(
      (file) => file.endsWith('.ts') && file !== 'index.ts' && !/^(?:kit|why)\b/.test(file),
    );
    const rooms = new Set<string>();
    for (const file of files) {
      const text = await readFile(new URL(file, folder), 'utf8');
      const families = [...text.matchAll(/\bfamily\('([a-z-]+)'\)/g)].map(([, name]) => name);
      const [room = ''] = file.split(/[/\\.]/);
      for (const name of families) {
        expect(name, file).toBe(room);
        rooms.add(room);
      }
    }
    expect([...rooms].toSorted()).toEqual(
      [...new Set(rules.map(({ family }) => family))].toSorted(),
    );
  });

  // An id never changes its meaning and is never used again: a change here is a change of the
  // contract. Read UPGRADING.md before you accept it.
  test('are those of this version, with these meanings and grades', async () => {
    const lines = rules.map(
      ({ id, grade, since, statement }) => `${id} (${grade}, since ${since})\n  ${statement}`,
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./rules.snapshot');
  });
});
