import { describe, expect, test } from 'vitest';
import { fixture, rejection } from '../support/fixture.ts';

test('a key without a scope is recorded as it is', () => {
  const { here } = fixture();
  expect(here.recordKey('POST:/charges/ 50%')).toBe('POST:/charges/ 50%');
});

test('a scoped key can be read: the scope, then the key as it is', () => {
  const { here } = fixture({ scope: 'acme' });
  expect(here.recordKey('order/1')).toBe('@acme/order/1');
  expect(here.recordKey('order/1', { scope: ['user:7', 'charge'] })).toBe(
    '@acme:user%3A7:charge/order/1',
  );
});

test('no two pairs of scope and key share a record', () => {
  const { here } = fixture();
  const parts = ['a', 'b', ':', '/', '%', '@', 'a:b', 'a/b', '%3A', '@a', '@/', '@a/b', '%2F'];
  const scopes: (readonly string[])[] = [[], ...parts.map((part) => [part])];
  for (const one of parts) for (const two of parts) scopes.push([one, two]);
  const seen = new Map<string, string>();
  for (const scope of scopes) {
    for (const key of parts) {
      const joined = here.recordKey(key, scope.length === 0 ? {} : { scope });
      const pair = JSON.stringify([scope, key]);
      expect(seen.get(joined) ?? pair).toBe(pair);
      seen.set(joined, pair);
    }
  }
  expect(seen.size).toBe(scopes.length * parts.length);
});

test('a list that is changed between two calls is another scope; one that is frozen is read once', () => {
  const { here } = fixture({ scope: 'acme' });
  const list = ['a', 'b'];
  expect(here.recordKey('k', { scope: list })).toBe('@acme:a:b/k');
  list[1] = 'c';
  expect(here.recordKey('k', { scope: list })).toBe('@acme:a:c/k');
  Object.freeze(list);
  expect(here.recordKey('k', { scope: list })).toBe('@acme:a:c/k');
  expect(here.recordKey('other', { scope: list })).toBe('@acme:a:c/other');
  expect(fixture({ scope: 'zeta' }).here.recordKey('k', { scope: list })).toBe('@zeta:a:c/k');
});

test('one tenant is never served the result of another', async () => {
  const { here } = fixture();
  await here.run('order-1', () => 'of acme', { scope: 'acme' });
  expect((await here.run('order-1', () => 'of zeta', { scope: 'zeta' })).value).toBe('of zeta');
  expect((await here.run('order-1', () => 'of nobody')).value).toBe('of nobody');
});

describe('a scope that is missing by mistake is refused: its keys would be shared', () => {
  test.each([
    [undefined],
    [null],
    [''],
    [[]],
    [['acme', '']],
    [['acme', undefined]],
    [Object.assign(['acme'], { 2: 'charge' })],
    [7],
    ['\ud800'],
  ])('%o', async (scope) => {
    const { here, store } = fixture();
    // @ts-expect-error: not a scope
    const error = await rejection(here.run('k', () => 1, { scope }));
    expect(error).toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
    expect(store.log).toEqual([]);
  });
});

test('a key and a scope that are too long together are refused with their sizes', async () => {
  const { here, store } = fixture({ scope: 'acmé' });
  expect(here.recordKey('k'.repeat(1_017))).toHaveLength(1_023);
  const error = await rejection(here.run('k'.repeat(1_018), () => 1));
  expect(error).toMatchObject({ code: 'IDEM_INVALID_KEY' });
  expect(error).toMatchObject({ message: expect.stringContaining('1025: 1018 of the key and 7') });
  expect(store.log).toEqual([]);
});

test('a key that is none is refused, with a scope as without', async () => {
  const { here } = fixture({ scope: 'acme' });
  for (const key of ['', 'lone \ud800', 7, undefined, null, {}]) {
    // @ts-expect-error: not a key
    expect(await rejection(here.run(key, () => 1))).toMatchObject({ code: 'IDEM_INVALID_KEY' });
  }
});
