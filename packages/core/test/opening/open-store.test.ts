import { describe, expect, test } from 'vitest';
import { IdempotencyError, openStore, type StoreConnector } from '../../src/index.ts';
import { rejection } from '../support/fixture.ts';
import { TestStore } from '../support/test-store.ts';

const opened: string[] = [];
const connectors = {
  memory: () => new TestStore(),
  redis: async (url: string) => {
    opened.push(url);
    return new TestStore();
  },
};

test('the scheme picks the connector, which gets the URL as it is', async () => {
  const store = await openStore('redis://user:pa%20ss@h1:1,h2:2/0?name=x', connectors);
  expect(store).toBeInstanceOf(TestStore);
  expect(opened).toEqual(['redis://user:pa%20ss@h1:1,h2:2/0?name=x']);
  expect(await openStore('MEMORY:', connectors)).toBeInstanceOf(TestStore);
});

test('the store has the type its connectors give', async () => {
  const store = await openStore('memory:', connectors);
  expect(store.count('claim')).toBe(0);
});

test('an unknown scheme says which are there and what to add, and nothing of the rest', async () => {
  const error = await rejection(openStore('sqlserver://sa:hunter2@db/app', connectors));
  expect(error).toMatchObject({ code: 'IDEM_UNKNOWN_SCHEME' });
  const { message } = error as Error;
  expect(message).toContain('memory:, redis:');
  expect(message).toContain("import('@idem/sqlserver')");
  expect(message).not.toContain('hunter2');
});

test('names that every object has are no schemes', async () => {
  for (const scheme of ['constructor', 'toString', 'hasOwnProperty']) {
    const error = await rejection(openStore(`${scheme}:`, connectors));
    expect(error).toMatchObject({ code: 'IDEM_UNKNOWN_SCHEME' });
  }
});

test('what is no URL is refused, without showing it', async () => {
  for (const url of ['', 'localhost', '//sa:hunter2@db', ':memory:', undefined, 7]) {
    // @ts-expect-error: not always a string
    const error = await rejection(openStore(url, connectors));
    expect(error).toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
    expect((error as Error).message).not.toContain('hunter2');
  }
});

test('a connector that returns no store is refused', async () => {
  const error = await rejection(
    // @ts-expect-error: returns nothing
    openStore('memory:', { memory: () => {} }),
  );
  expect(error).toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
});

describe('a package that is not installed is named, with the line that installs it', () => {
  const missing =
    (code: string, message: string, cause?: Error): StoreConnector =>
    () =>
      Promise.reject(cause ?? Object.assign(new Error(message), { code }));

  test.each([
    [
      'an adapter, by import',
      'ERR_MODULE_NOT_FOUND',
      "Cannot find package '@idem/redis' imported from /app/server.js",
      'npm install @idem/redis ioredis',
    ],
    [
      'a peer of it, by import',
      'ERR_MODULE_NOT_FOUND',
      "Cannot find package 'ioredis' imported from /app/node_modules/@idem/redis/dist/index.js",
      'npm install ioredis',
    ],
    [
      'by require, as bundles do',
      'MODULE_NOT_FOUND',
      "Cannot find module 'tedious'\nRequire stack:\n- /app/bundle.cjs",
      'npm install tedious',
    ],
    [
      'a part of a package',
      'ERR_MODULE_NOT_FOUND',
      "Cannot find module '@acme/store/adapter'",
      'npm install @acme/store',
    ],
  ])('%s', async (_, code, message, remedy) => {
    const error = await rejection(
      openStore('redis://:hunter2@h', { redis: missing(code, message) }),
    );
    expect(error).toMatchObject({ code: 'IDEM_ADAPTER_MISSING' });
    expect((error as Error).message).toContain(remedy);
    expect((error as Error).message).not.toContain('hunter2');
  });

  test('by a real import', async () => {
    const name = '@idem/not-installed';
    const connect = (): Promise<TestStore> => import(/* @vite-ignore */ name);
    const error = await rejection(openStore('redis:', { redis: connect }));
    expect(error).toMatchObject({ code: 'IDEM_ADAPTER_MISSING' });
    expect((error as Error).message).toContain('npm install @idem/not-installed');
  });

  test('also as the cause of another error', async () => {
    const cause = Object.assign(new Error("Cannot find module 'kysely'"), {
      code: 'MODULE_NOT_FOUND',
    });
    const connect = missing('', '', new Error('Cannot connect', { cause }));
    const error = await rejection(openStore('sqlserver:', { sqlserver: connect }));
    expect(error).toMatchObject({ code: 'IDEM_ADAPTER_MISSING' });
  });

  test('an adapter that says so itself is not told again', async () => {
    const cause = Object.assign(new Error("Cannot find package 'kysely'"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const told = new IdempotencyError('IDEM_ADAPTER_MISSING', 'Run: npm install all', { cause });
    const connect = missing('', '', told);
    expect(await rejection(openStore('sqlserver:', { sqlserver: connect }))).toBe(told);
  });

  test.each([
    [
      'a file missing in a package',
      'ERR_MODULE_NOT_FOUND',
      "Cannot find module '/app/x.js' imported from /app/y.js",
    ],
    ['a file missing on Windows', 'MODULE_NOT_FOUND', "Cannot find module 'C:\\app\\x.js'"],
    ['a relative file', 'MODULE_NOT_FOUND', "Cannot find module './x.js'"],
    ['any other error', 'ECONNREFUSED', 'connect ECONNREFUSED'],
  ])('but %s is handed on', async (_, code, message) => {
    const error = await rejection(openStore('redis:', { redis: missing(code, message) }));
    expect(error).toMatchObject({ code, message });
  });
});
