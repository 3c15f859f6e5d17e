import { runRules } from '@idem/contract-tests';
import { expect, test } from 'vitest';
import { Expectations } from '../../src/engine/expectations.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { family } from '../../src/rules/kit/family.ts';
import { runningHarness } from '../broken/kit/broken-store.ts';

const { rule } = family('claim');

test('an attempt that did not count leaves no fault and no slowness, and what nobody caught stays', () => {
  const notes = new Expectations();
  notes.fault('in the first attempt');
  notes.closed('close', 10_000);
  notes.uncaught('of the socket');
  notes.forget();
  expect(notes.faults).toEqual(['of the socket']);
  expect(notes.slow).toEqual([]);
});

test('a rule beside which nothing may run is alone in a run, too', async () => {
  let [running, most] = [0, 0];
  const counted = (name: string, exclusive: boolean) =>
    rule(
      name,
      'It is so.',
      async () => {
        running += 1;
        most = exclusive ? Math.max(most, running) : most;
        await new Promise((resolve) => setImmediate(resolve));
        most = exclusive ? Math.max(most, running) : most;
        running -= 1;
      },
      { exclusive },
    );
  const rules = [counted('one', false), counted('alone', true), counted('two', false)];
  for await (const { outcome } of runRules(runningHarness('m'), { rules })) {
    expect(outcome).toBe('passed');
  }
  expect(most).toBe(1);
});

test('chance is the same for a seed and a name, and another for another of either', () => {
  const drawn = (seed: number, name: string): readonly number[] => {
    const random = seededRandom(seed, name);
    return Array.from({ length: 8 }, () => random(1_000_000));
  };
  expect(drawn(1, 'a.b')).toEqual(drawn(1, 'a.b'));
  expect(drawn(1, 'a.b')).not.toEqual(drawn(1, 'a.c'));
  expect(drawn(1, 'a.b')).not.toEqual(drawn(2, 'a.b'));
});
