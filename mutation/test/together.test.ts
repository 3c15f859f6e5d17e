import { describe, expect, test } from 'vitest';
import { urlOf } from '../src/gather.ts';
import { type Mutant, mutantsOf } from '../src/mutant.ts';
import { RuleOrder, slowOf } from '../src/rule-order.ts';
import { groupsOf, halvesOf, replacedBy } from '../src/together.ts';

const SOURCE = 'const a = 1;\nconst b = 2;\nconst c = 3;\n';
const FILE = 'packages/memory/src/room.ts';

/** Each number of the source as one greater, and the first of them as two greater too. */
function mutants(file = FILE): Mutant[] {
  const numbers = [...SOURCE.matchAll(/\d/g)].map(({ index, 0: found }) => ({
    ...{ file, start: index, end: index + 1, mutator: 'number' },
    replacement: String(Number(found) + 1),
  }));
  const [first] = numbers;
  return mutantsOf(SOURCE, [...numbers, ...(first ? [{ ...first, replacement: '3' }] : [])]);
}

describe('mutants in one store', () => {
  const [one, same, two, three] = mutants();
  if (!one || !same || !two || !three) throw new Error('there are no mutants');

  test('stand in lines of their own, and are no more than were asked for', () => {
    const groups = groupsOf([one, same, two, three], 2, () => 'harness');
    expect(groups).toEqual([
      [one, two],
      [same, three],
    ]);
  });

  test('are put to the rules with the same harness', () => {
    const groups = groupsOf([one, two, three], 3, ({ line }) => `harness ${line % 2}`);
    expect(groups).toEqual([[one, three], [two]]);
  });

  test('are all in it', () => {
    const texts = new Map([[FILE, SOURCE]]);
    const source = 'const a = 2;\nconst b = 3;\nconst c = 4;\n';
    expect(replacedBy([two, one, three], texts)).toEqual([{ url: urlOf(FILE).href, source }]);
  });

  test('of several files are in several files', () => {
    const [other] = mutants('packages/memory/src/record.ts');
    if (other === undefined) throw new Error('there is no mutant');
    expect(replacedBy([one, other], new Map()).map(({ url }) => url)).toEqual([
      urlOf(one.file).href,
      urlOf(other.file).href,
    ]);
  });

  test('are looked for in halves when a rule sees one of them', () => {
    expect(halvesOf([one, two, three])).toEqual([[one, two], [three]]);
    expect(halvesOf([one, two])).toEqual([[one], [two]]);
  });
});

describe('the order of the rules', () => {
  test('begins with what caught mutants of other stores, where nothing is known of this one', () => {
    const order = new RuleOrder();
    order.took({ first: 10, second: 10, third: 10 });
    order.killedElsewhere('third');
    const mutant = { file: 'file', in: 'name' };
    expect(order.idsFor(mutant, [])).toEqual(['third', 'first', 'second']);
    order.killed(mutant, 'second');
    expect(order.idsFor(mutant, [])).toEqual(['second', 'third', 'first']);
  });

  test('leaves to the end what takes most of the time, and what nothing may run beside', () => {
    const exclusive = 'durability.results-survive-whole';
    expect(slowOf({ long: 900, one: 40, another: 50, longer: 1_000, [exclusive]: 1 })).toEqual([
      exclusive,
      'long',
      'longer',
    ]);
  });
});
