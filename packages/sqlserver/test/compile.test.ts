import { CompiledQuery, isCompiledQuery } from 'kysely';
import { expect, test } from 'vitest';
import { compile } from '../src/client/compile.ts';

test('a request is what CompiledQuery.raw of Kysely makes of it', () => {
  const text = 'EXEC [dbo].[IdempotencyStore_Find_1] @1, @2';
  const parameters = ['order-1042', new Uint8Array(1)];
  const ours = compile(text, parameters);

  const { queryId, ...same } = CompiledQuery.raw(text, [...parameters]);
  expect(ours).toEqual({ ...same, queryId: { queryId: expect.stringMatching(/^\w+$/) } });
  expect(Object.keys(ours).sort()).toEqual(Object.keys({ ...same, queryId }).sort());
  expect(ours.queryId.queryId).toHaveLength(queryId.queryId.length);
  expect(isCompiledQuery(ours)).toBe(true);
});

test('the parameters are of each call, and all else is made once', () => {
  const [one, other] = [compile('SELECT @1', ['a']), compile('SELECT @1', ['b'])];
  expect([one.parameters, other.parameters]).toEqual([['a'], ['b']]);
  expect(other.query).toBe(one.query);
  expect(compile('SELECT 2', []).queryId.queryId).not.toBe(one.queryId.queryId);
});
