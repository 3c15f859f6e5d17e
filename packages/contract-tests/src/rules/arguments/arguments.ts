import type { IdempotencyErrorCode } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { type Arguments, eachOperation } from '../kit/operations.ts';
import { acquire, expectCompleted, expectHeld } from '../kit/steps.ts';

const { rule } = family('arguments');

const TEN_YEARS = 315_576_000_000;
const TOKEN = 'A-token_of-22-letters1';

/** What is no length of time, for a ttl or a lease. */
const NO_DURATIONS: readonly unknown[] = [
  ...[0, -0, -1, 0.5, 1.5, 1_000.001, Number.NaN, Infinity, -Infinity],
  ...[TEN_YEARS + 1, Number.MAX_SAFE_INTEGER, 2 ** 53, 1e300],
  ...['1000', '', null, undefined, true, 1_000n, {}, [1_000], new Date(1_000), Object(1_000)],
];

const NO_VALUES: readonly unknown[] = [
  ...[undefined, null, 'text', 42, true, {}, [], [1, 2, 3], { length: 1, 0: 1 }],
  ...[new ArrayBuffer(4), new Uint16Array(4), new DataView(new ArrayBuffer(4)), new Blob(['text'])],
];

const NO_TOKENS: readonly unknown[] = [
  ...[undefined, null, 42, 42n, true, {}, [TOKEN], Object(TOKEN), bytes(TOKEN)],
  ...['', 'short', TOKEN.slice(0, 21), 'a'.repeat(129)],
  ...[`${TOKEN} `, ` ${TOKEN}`, `${TOKEN}\n`, `${TOKEN}\0`, `${TOKEN}=`, `${TOKEN}+/`, `${TOKEN}é`],
];

const NO_FINGERPRINTS: readonly unknown[] = [
  ...[null, 42, 42n, true, {}, ['print'], Object('print'), bytes('print')],
  ...['', 'f'.repeat(257), 'with space', 'tab\t', 'line\n', 'nul\0', 'é', '💳', '\x7f'],
];

const NO_REQUESTS: readonly unknown[] = [undefined, null, 42, 'text', true, Symbol('request')];

const NO_OPTIONS: readonly unknown[] = [
  ...[null, 42, 'text', true],
  ...[{ signal: null }, { signal: {} }, { signal: 'abort' }, { signal: new AbortController() }],
  { signal: { aborted: false, addEventListener: () => {}, removeEventListener: () => {} } },
];

async function expectRefused(
  context: RuleContext,
  name: keyof Arguments,
  bad: readonly unknown[],
  code: IdempotencyErrorCode,
): Promise<void> {
  for (const value of bad) {
    for (const [operation, call] of eachOperation(context, { [name]: value })) {
      await context.expect.refused(`${operation} with the ${name} ${shown(value)}`, code, call);
    }
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'object' && value !== null) {
    return Object.prototype.toString.call(value).slice(1, -1);
  }
  return typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : String(value);
}

function refusing(
  name: keyof Arguments,
  statement: string,
  bad: readonly unknown[],
  code: IdempotencyErrorCode,
): Rule {
  return rule(name, statement, (context) => expectRefused(context, name, bad, code));
}

/** Bad arguments are refused before anything is sent, by the same code in every adapter. */
export const argumentRules: readonly Rule[] = [
  refusing(
    'ttl',
    'A ttl that is not whole milliseconds from 1 to ten years is refused with IDEM_INVALID_TTL.',
    NO_DURATIONS,
    'IDEM_INVALID_TTL',
  ),
  refusing(
    'lease',
    'A lease that is not whole milliseconds from 1 to ten years is refused with IDEM_INVALID_LEASE.',
    NO_DURATIONS,
    'IDEM_INVALID_LEASE',
  ),
  refusing(
    'value',
    'A value that is not a Uint8Array is refused with IDEM_INVALID_VALUE.',
    NO_VALUES,
    'IDEM_INVALID_VALUE',
  ),
  refusing(
    'token',
    'A token that is not 22 to 128 characters of A-Z a-z 0-9 _ - is refused with IDEM_INVALID_TOKEN.',
    NO_TOKENS,
    'IDEM_INVALID_TOKEN',
  ),
  refusing(
    'fingerprint',
    'A fingerprint that is not 1 to 256 visible ASCII characters is refused with IDEM_INVALID_FINGERPRINT.',
    NO_FINGERPRINTS,
    'IDEM_INVALID_FINGERPRINT',
  ),
  refusing(
    'request',
    'A claim request that is not an object is refused with IDEM_INVALID_OPTIONS.',
    NO_REQUESTS,
    'IDEM_INVALID_OPTIONS',
  ),
  refusing(
    'options',
    'Options that are no object, or whose signal is no AbortSignal, are refused with IDEM_INVALID_OPTIONS.',
    NO_OPTIONS,
    'IDEM_INVALID_OPTIONS',
  ),

  rule(
    'limits-are-accepted',
    'What lies on a limit is accepted: shortest and longest token, fingerprint, ttl and lease.',
    async (context) => {
      const { store, expect } = context;
      const visible = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).join('');
      const tokens = [context.token().slice(0, 22), `-_${context.token().repeat(6)}`.slice(0, 128)];
      for (const token of tokens) {
        for (const fingerprint of ['!', visible, '~'.repeat(256)]) {
          const key = context.key();
          const result = await store.claim(key, { token, lease: TEN_YEARS, fingerprint });
          expect.acquired(`a claim with a token of ${token.length} characters`, result);
          await expectHeld(context, 'after it', key, fingerprint);
          expect.same(
            'renew for 1 ms to ten years',
            await store.renew(key, token, TEN_YEARS),
            true,
          );
          const done = await store.complete(key, token, bytes('result'), TEN_YEARS);
          expect.same('complete with a ttl of ten years', done, true);
          await expectCompleted(context, 'in the end', key, bytes('result'), fingerprint);
          await store.remove(key);
        }
      }
    },
  ),

  rule(
    'undefined-is-left-out',
    'An optional argument that is undefined is one that was left out.',
    async (context) => {
      const { store } = context;
      const key = context.key();
      const request = { token: context.token(), lease: LONG, fingerprint: undefined };
      await store.claim(key, request, undefined);
      await store.complete(key, request.token, bytes('result'), LONG, { signal: undefined });
      await expectCompleted(context, 'with everything optional undefined', key, bytes('result'));
    },
  ),

  rule(
    'never-thrown-at-the-call',
    'A bad argument arrives as a rejected promise, never as a throw at the call.',
    async (context) => {
      // `refused` notes a synchronous throw as such; one bad argument for every operation is enough.
      for (const [operation, call] of eachOperation(context, { key: '' })) {
        await context.expect.refused(`${operation} with the empty key`, 'IDEM_INVALID_KEY', call);
      }
    },
  ),

  rule(
    'refusal-changes-nothing',
    'A refused call changes nothing, whatever state the key is in.',
    async (context) => {
      const { store, expect } = context;
      const [claimed, completed, vacant] = [context.key('c'), context.key('d'), context.key('v')];
      const { token } = await acquire(context, claimed, { fingerprint: 'print' });
      await store.store(completed, bytes('kept'), LONG);
      const bad: readonly Arguments[] = [
        ...[{ ttl: 0 }, { lease: -1 }, { value: 'text' }, { fingerprint: '' }, { options: 42 }],
        { options: { signal: 'abort' } },
      ];
      for (const key of [claimed, completed, vacant]) {
        for (const argument of bad) {
          for (const [operation, call] of eachOperation(context, { key, ...argument })) {
            const what = `${operation} with a bad ${Object.keys(argument).join()}`;
            await expect.rejected(what, 'a refusal', call);
          }
          for (const [operation, call] of eachOperation(context, { key, token, ...argument })) {
            const what = `${operation} by the holder with a bad ${Object.keys(argument).join()}`;
            await expect.rejected(what, 'a refusal', call);
          }
        }
      }
      await expectHeld(context, 'the claimed key afterwards', claimed, 'print');
      await expectCompleted(context, 'the completed key afterwards', completed, bytes('kept'));
      expect.same('exists of the vacant key afterwards', await store.exists(vacant), false);
      const first = await acquire(context, vacant, {
        what: 'a claim of the vacant key afterwards',
      });
      expect.same('its takeover', first.takeover, false);
    },
  ),

  rule(
    'message-says-what-was-wrong',
    'A refusal says what was wrong, with the value, and is not marked as worth repeating.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      const cases = [
        ['a ttl of 1.25', '1.25', () => store.store(key, bytes('v'), 1.25)],
        ['a lease of -77', '-77', () => store.renew(key, context.token(), -77)],
        ['the token "short-one"', 'short-one', () => store.release(key, 'short-one')],
      ] as const;
      for (const [what, part, call] of cases) {
        const error = await expect.rejected(what, 'a refusal', call);
        const message = error instanceof Error ? error.message : '';
        expect.that(
          `the message for ${what}`,
          message.includes(part),
          `to contain ${part}`,
          message,
        );
        const retryable = error instanceof Error && 'retryable' in error && error.retryable;
        expect.same(`retryable for ${what}`, retryable, false);
      }
    },
  ),
];
