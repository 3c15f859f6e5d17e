import { describe, expect, test } from 'vitest';
import { mutantsOf, mutated } from '../src/mutant.ts';
import { mutateLua } from '../src/mutators/lua.ts';
import { mutateSql } from '../src/mutators/sql.ts';
import { mutateTypeScript } from '../src/mutators/typescript.ts';
import type { Mutate } from '../src/targets.ts';

/** Each mutant's whole text. */
async function mutantsBy(mutate: Mutate, source: string): Promise<string[]> {
  const mutants = mutantsOf(source, await mutate('a.ts', source));
  return mutants.map((mutant) => mutated(source, mutant));
}

describe('TypeScript', () => {
  test('is mutated by Stryker, in place and as it stands', async () => {
    const texts = await mutantsBy(mutateTypeScript, 'export const f = (a: number) => a >= 1;\n');
    expect(texts).toContain('export const f = (a: number) => a > 1;\n');
    expect(texts).toContain('export const f = (a: number) => a < 1;\n');
    expect(texts).toContain('export const f = (a: number) => true;\n');
  });
});

describe('Lua', () => {
  const source = (lua: string): string => `const text = 'a >= b';\nexport const s = \`${lua}\`;\n`;
  const texts = async (lua: string): Promise<string[]> =>
    (await mutantsBy(mutateLua, source(lua))).map((text) => /`(.*)`/s.exec(text)?.[1] ?? '');

  test('has its comparisons, connectives and conditions turned round', async () => {
    const found = await texts("if ends > now and held then return '1' end");
    expect(found).toContain("if ends >= now and held then return '1' end");
    expect(found).toContain("if ends > now or held then return '1' end");
    expect(found).toContain("if false then return '1' end");
    expect(found).toContain("if ends > now and held then return '0' end");
  });

  test('has its units of time and its numbers changed, and no format', async () => {
    const found = await texts("redis.call('PEXPIRE', KEYS[1], string.format('%06d', 1000))");
    expect(found).toContain("redis.call('EXPIRE', KEYS[1], string.format('%06d', 1000))");
    expect(found).toContain("redis.call('PEXPIRE', KEYS[2], string.format('%06d', 1000))");
    expect(found).toContain("redis.call('PEXPIRE', KEYS[1], string.format('%06d', 1001))");
    expect(found.filter((text) => !text.includes('%06d'))).toEqual([]);
  });

  test('is left whole where TypeScript stands in between, and so are other strings', async () => {
    const found = await mutantsBy(
      mutateLua,
      source(`local a = \${TYPE > SCRIPT} + 1\nlocal b = a`),
    );
    expect(found.length).toBeGreaterThan(0);
    for (const text of found) {
      expect(text).toContain(`\${TYPE > SCRIPT}`);
      expect(text).toContain("'a >= b'");
    }
  });
});

describe('SQL', () => {
  const texts = async (sql: string): Promise<string[]> =>
    (await mutantsBy(mutateSql, `export const s = \`${sql}\`;\n`)).map(
      (text) => /`(.*)`/s.exec(text)?.[1] ?? '',
    );

  test('has its conditions turned round or left out, and its assignments left alone', async () => {
    const found = await texts("UPDATE t SET a = 1 WHERE k = @k AND state = 'claimed'");
    expect(found).toContain("UPDATE t SET a = 1 WHERE k <> @k AND state = 'claimed'");
    expect(found).toContain("UPDATE t SET a = 1 WHERE k = @k OR state = 'claimed'");
    expect(found).toContain('UPDATE t SET a = 1 WHERE k = @k');
    expect(found).toContain("UPDATE t SET a = 1 WHERE k = @k AND state = 'completed'");
    expect(found.filter((text) => text.includes('SET a <> 1'))).toEqual([]);
  });

  test('has its clock read at another moment, and its locks left out', async () => {
    const found = await texts('SELECT clock_timestamp() FROM t WHERE k = $1 FOR UPDATE');
    expect(found).toContain('SELECT now() FROM t WHERE k = $1 FOR UPDATE');
    expect(found).toContain('SELECT clock_timestamp() FROM t WHERE k = $1 ');
    expect(found.filter((text) => text.includes('$2'))).toEqual([]);
  });
});
