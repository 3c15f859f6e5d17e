import { describe, expect, test } from 'vitest';
import { gather } from '../src/gather.ts';
import {
  isRefutable,
  type Judged,
  judgementOf,
  readJudged,
  staleJudgements,
  vagueJudgements,
} from '../src/judged.ts';
import { mutantsOf } from '../src/mutant.ts';
import { sample } from '../src/sample.ts';
import { targets } from '../src/targets.ts';

const source = 'a < b;\nc < d;\na < b;\nfunction f() {\n  a < b;\n}\n';
const at = (start: number) => ({
  ...{ file: 'a.ts', start, end: start + 1, replacement: '>', mutator: 'comparison' },
});
const mutants = mutantsOf(source, [2, 9, 16, 40].map(at));
const judged = (narrowed: Partial<Judged>): Judged => ({
  ...{ file: 'a.ts', text: 'a < b;', reason: 'It does the same.' },
  ...narrowed,
});

describe('a judgement', () => {
  test('is of a line wherever it stands, and of one of several that are alike', () => {
    const of = (each: Judged): boolean[] =>
      mutants.map((mutant) => judgementOf(mutant, [each]) !== undefined);
    expect(of(judged({}))).toEqual([true, false, true, true]);
    expect(of(judged({ in: '', nth: 2 }))).toEqual([false, false, true, false]);
    expect(of(judged({ in: 'f' }))).toEqual([false, false, false, true]);
    expect(of(judged({ replacement: '<=' }))).toEqual([false, false, false, false]);
  });

  test('is refuted by a rule that catches the mutant, unless chance has a part in it', () => {
    const [mutant] = mutants;
    if (mutant === undefined) throw new Error('no mutant');
    expect(isRefutable(mutant, [judged({})])).toBe(true);
    expect(isRefutable(mutant, [judged({ byChance: true })])).toBe(false);
    expect(isRefutable(mutant, [])).toBe(false);
  });

  test('of a line that stands in several places says which it means', () => {
    const isVague = (each: Judged): boolean => vagueJudgements(mutants, [each]).length > 0;
    expect(isVague(judged({}))).toBe(true);
    expect(isVague(judged({ in: '' }))).toBe(true);
    expect(isVague(judged({ in: '', nth: 1 }))).toBe(false);
    expect(isVague(judged({ in: 'f' }))).toBe(false);
    expect(isVague(judged({ in: ['', 'f'], nth: 1 }))).toBe(false);
    expect(isVague(judged({ text: 'c < d;' }))).toBe(false);
  });

  test('of what is no longer there is stale', () => {
    const gone = judged({ text: 'e < f;' });
    const goneFromOne = judged({ in: ['f', 'g'] });
    expect(staleJudgements(mutants, [judged({}), gone, goneFromOne])).toEqual([gone, goneFromOne]);
  });

  for (const target of targets) {
    test(`of ${target.name} has a reason, and is of a mutant that there is`, async () => {
      const list = await readJudged(target.name);
      for (const { reason, text } of list) expect(reason, text).toMatch(/^.{20,}\.$/);
      const { mutants } = await gather(target);
      expect(staleJudgements(mutants, list)).toEqual([]);
      expect(vagueJudgements(mutants, list)).toEqual([]);
    });
  }
});

describe('a sample', () => {
  test('is the same for a seed, another for another, and has nothing twice', () => {
    const all = Array.from({ length: 100 }, (_, i) => i);
    expect(sample(all, 10, 7)).toEqual(sample(all, 10, 7));
    expect(sample(all, 10, 7)).not.toEqual(sample(all, 10, 8));
    expect(new Set(sample(all, 200, 7)).size).toBe(100);
  });
});
