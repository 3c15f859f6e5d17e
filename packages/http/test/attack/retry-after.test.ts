import { expect, test } from 'vitest';
import { seconds } from '../../src/problems/catalogue.ts';

test('Retry-After is whole seconds, never less than what is left', () => {
  expect([0, 1, 1_000, 1_001, 29_999.5, 30_000].map(seconds)).toEqual([1, 1, 1, 2, 30, 30]);
});
