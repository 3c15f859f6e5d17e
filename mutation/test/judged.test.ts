import { describe, expect, test } from 'vitest';
import { gather } from '../src/gather.ts';
import { type Judged, judgementOf, readJudged, staleJudgements } from '../src/judged.ts';
import { mutantsOf } from '../src/mutant.ts';
import { sample } from '../src/sample.ts';
import { targets } from '../src/targets.ts';

const source = 'a < b;\nc < d;\na < b;\n';
const at = (start: number) => ({
  ...{ file: 'a.ts', start, end: start + 1, replacement: '>', mutator: 'comparison' },
});
const mutants = mutantsOf(source, [at(2), at(9), at(16)]);
const judged = (narrowed: Partial<Judged>): Judged => ({
  ...{ file: 'a.ts', text: 'a < b;', reason: 'It does the same.' },
  ...narrowed,
});

describe('a judgement', () => {
  test('is of a line wherever it stands, and of one of several that are alike', () => {
    const of = (each: Judged): boolean[] =>
      mutants.map((mutant) => judgementOf(mutant, [each]) !== undefined);
    expect(of(judged({}))).toEqual([true, false, true]);
    expect(of(judged({ nth: 2 }))).toEqual([false, false, true]);
    expect(of(judged({ replacement: '<=' }))).toEqual([false, false, false]);
  });

  test('of what is no longer there is stale', () => {
    const gone = judged({ text: 'e < f;' });
    expect(staleJudgements(mutants, [judged({}), gone])).toEqual([gone]);
  });

  for (const target of targets) {
    test(`of ${target.name} has a reason, and is of a mutant that there is`, async () => {
      const list = await readJudged(target.name);
      for (const { reason, text } of list) expect(reason, text).toMatch(/^.{20,}\.$/);
      expect(staleJudgements((await gather(target)).mutants, list)).toEqual([]);
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
