import { describe, expect, test } from 'vitest';
import { isIdempotencyError } from '../../src/index.ts';
import { jsonCodec } from '../../src/results/json-codec.ts';
import { encodeError, encodeValue, type Reading } from '../../src/results/record.ts';
import { isError } from '../../src/support/is-error.ts';
import { show } from '../../src/support/show.ts';
import { fixture, rejection } from '../support/fixture.ts';

/** What a user's function may throw or return, and what does harm to whoever looks at it. */
const hostile: readonly (readonly [string, () => unknown])[] = [
  ['a revoked proxy', revokedProxy],
  ['a proxy all of whose traps throw', () => trapped({})],
  ['a proxy of an error, all of whose traps throw', () => trapped(new Error('inner'))],
  ['an error whose getters throw the same again', () => errorWithGetters(['code', 'name'])],
  ['an error whose message throws', () => errorWithGetters(['message'])],
  ['an error whose stack throws', () => errorWithGetters(['stack', 'cause', 'toString'])],
  ['an error that cannot be text', () => Object.assign(new Error('x'), { name: bare() })],
  ['an error that is called by a symbol', () => Object.assign(new Error('x'), { name: Symbol() })],
  ['an error that is its own cause', circularError],
  ['a frozen error', () => Object.freeze(new Error('frozen'))],
  ['an error whose toJSON throws', () => Object.assign(new Error('x'), { toJSON: raise })],
  ['an object without a prototype', bare],
  ['an object whose toString throws', () => ({ toString: raise, toJSON: raise })],
  ['an object whose tag throws', () => getter({}, Symbol.toStringTag)],
  ['an object whose then throws', () => getter({}, 'then')],
  ['an object without end', endless],
  ['a symbol', () => Symbol('s')],
  ['a function', () => raise],
];

describe('thrown, it ends the call and frees the key', () => {
  test.each(hostile)('%s', async (_, make) => {
    const { here } = fixture();
    const thrown = make();
    const isSame = (error: unknown): boolean => Object.is(error, thrown);
    expect(await here.run('k', () => raise(thrown)).then(() => 'resolved', isSame)).toBe(true);
    expect((await here.run('k', () => 'again')).value).toBe('again');
  });
});

describe('thrown and to be recorded, it ends the call, and the effect does not happen again', () => {
  test.each(hostile)('%s', async (_, make) => {
    const { here, elsewhere } = fixture({ recordErrors: () => true });
    let calls = 0;
    const fn = (): never => {
      calls += 1;
      return raise(make());
    };
    const first = await rejection(here.run('k', fn));
    const replay = await rejection(elsewhere.run('k', fn));
    expect(calls).toBe(1);
    expect([told(replay)]).toEqual([told(first)]);
  });
});

describe('returned, it is refused or given in one form, and the effect does not happen again', () => {
  test.each(hostile)('%s', async (_, make) => {
    const { here, elsewhere } = fixture({ recordErrors: () => true });
    let calls = 0;
    const fn = (): unknown => {
      calls += 1;
      // In a field: promises ask a value itself for its then.
      return { field: make() };
    };
    const first = await outcome(here.run('k', fn));
    const replay = await outcome(elsewhere.run('k', fn));
    expect(calls).toBe(1);
    expect(replay).toEqual(first);
  });
});

describe('nothing that looks at it throws anything of its own', () => {
  test.each(hostile)('%s', (_, make) => {
    const value = make();
    expect(typeof show(value)).toBe('string');
    expect(typeof isError(value)).toBe('boolean');
    expect(isIdempotencyError(value)).toBe(false);
    for (const encode of [encodeValue, encodeError]) {
      try {
        encode(jsonCodec, 'k', value);
      } catch (error) {
        expect(isIdempotencyError(error, 'IDEM_RESULT_UNENCODABLE')).toBe(true);
      }
    }
  });

  test.each(hostile)('%s, thrown by a codec', (_, make) => {
    const cause = make();
    const codec = { encode: (): never => raise(cause), decode: (): undefined => undefined };
    const error = thrownBy(() => encodeValue(codec, 'k', 'paid'));
    if (!isIdempotencyError(error, 'IDEM_RESULT_UNENCODABLE')) throw error;
    expect(error.value).toBe('paid');
    expect(Object.is(error.cause, cause)).toBe(true);
  });
});

test('of an error, what can be read is recorded', () => {
  const error = errorWithGetters(['code']);
  Object.assign(error, { status: 402, at: new Date(0), map: new Map(), cause: error });
  const reading = readingOf(encodeError(jsonCodec, 'k', error));
  if (reading.kind !== 'error' || !isError(reading.error)) throw new Error('No error.');
  const { name, message, stack } = reading.error;
  expect({ ...reading.error, name, message, stack }).toEqual({
    name: 'Error',
    message: 'getters',
    stack: error.stack,
    status: 402,
    at: '1970-01-01T00:00:00.000Z',
  });
});

test('what is shown of a value is short, and one line', () => {
  const tag = 'line\n'.repeat(100);
  const shown = show({ [Symbol.toStringTag]: tag });
  expect(shown.length).toBeLessThan(100);
  expect(shown).not.toContain('\n');
});

function raise(error?: unknown): never {
  throw error;
}

function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('It threw nothing.');
}

function readingOf(record: ReturnType<typeof encodeError>): Reading {
  if (record instanceof Promise) throw new Error('A codec without promises made one.');
  return record.reading;
}

async function outcome(run: Promise<{ value: unknown }>): Promise<unknown> {
  try {
    return { value: (await run).value };
  } catch (error) {
    return told(error);
  }
}

/** What a caller can tell of an error. */
function told(error: unknown): unknown {
  if (!isError(error)) return { thrown: error };
  const { name, message } = error;
  return { ...error, name, message };
}

function bare(): object {
  return Object.create(null);
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function trapped(target: object): object {
  const trap = (): never => raise(new Error('trap'));
  return new Proxy(target, {
    get: trap,
    has: trap,
    ownKeys: trap,
    getPrototypeOf: trap,
    getOwnPropertyDescriptor: trap,
    defineProperty: trap,
  });
}

function getter(object: object, name: PropertyKey, thrown: unknown = new Error('getter')): object {
  return Object.defineProperty(object, name, { get: () => raise(thrown), enumerable: true });
}

function errorWithGetters(names: readonly string[]): Error {
  const error = new Error('getters');
  for (const name of names) getter(error, name, error);
  return error;
}

function circularError(): Error {
  const error: Error & { self?: unknown } = new Error('circular');
  error.cause = error;
  error.self = error;
  return error;
}

function endless(): object {
  return new Proxy(
    {},
    {
      get: (_, name) => (name === 'next' || name === 'other' ? endless() : undefined),
      ownKeys: () => ['next', 'other'],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    },
  );
}
