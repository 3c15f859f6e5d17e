import { type Rule, rules } from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { matrixOf } from '../scripts/matrix.ts';
import { moves } from '../src/moves.ts';
import { brokenInOneMove } from './broken/matrix/index.ts';

const matrix = matrixOf(rules);
const proven = new Set(brokenInOneMove.flatMap(({ caughtBy }) => Object.keys(caughtBy)));

describe('the matrix', () => {
  for (const [property, cells] of matrix) {
    test(`says of ${property} with every move which rules prove it, or why none does`, () => {
      expect([...cells.keys()]).toEqual(moves);
    });

    const ids = [...cells.values()].flatMap((cell) => ('rules' in cell ? cell.rules : []));
    test.each([...new Set(ids)].map(({ id }) => id))(
      `${property}: %s bites on a store that is wrong there alone`,
      (id) => {
        expect(proven).toContain(id);
      },
    );
  }

  test('refuses a cell without a rule and without a reason', () => {
    const without = (id: string): readonly Rule[] => rules.filter((rule) => rule.id !== id);
    expect(() => matrixOf(without('tokens.exact-in-renew'))).toThrow(
      'The cell of tokens and renew has neither a rule nor a reason.',
    );
  });
});
