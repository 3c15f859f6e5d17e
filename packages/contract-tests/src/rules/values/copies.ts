import { setImmediate } from 'node:timers/promises';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, acquireAndComplete, expectCompleted } from '../kit/steps.ts';

const { rule } = family('values');

/** Lengths of which the first shrinks to the second: within a page, over pages, and over pieces of a mebibyte. */
const SHRINKING = [
  [200, 100],
  [5_000, 3_000],
  [70_000, 20_000],
  [600_000, 300_000],
  [5_000_000, 2_000_000],
] as const;

/** Expects bytes that are the caller's alone: a plain Uint8Array over memory that nothing else shares. */
function expectPlain(context: RuleContext, what: string, value: Uint8Array | null): void {
  const { expect } = context;
  const plain = value !== null && Object.getPrototypeOf(value) === Uint8Array.prototype;
  expect.that(what, plain, 'a plain Uint8Array', value === null ? null : value.constructor.name);
}

/** What goes in is copied; what comes out belongs to the caller. */
export const valueCopyRules: readonly Rule[] = [
  rule(
    'view-with-offset',
    'Of a view into a larger buffer, only the view is taken.',
    async (context) => {
      const { store } = context;
      const whole = bytes('before|the view|after');
      const view = whole.subarray(7, 15);
      const stored = context.key('stored');
      await store.store(stored, view, LONG);
      await expectCompleted(context, 'a view, by store', stored, bytes('the view'));
      const completed = context.key('completed');
      await acquireAndComplete(context, completed, view);
      await expectCompleted(context, 'a view, by complete', completed, bytes('the view'));
    },
  ),

  rule(
    'buffer-from-the-pool',
    'A Buffer, which shares its memory with others, is taken like any bytes.',
    async (context) => {
      const { store } = context;
      const [first, second] = [Buffer.from('the first'), Buffer.from('the second')];
      const [a, b] = [context.key('first'), context.key('second')];
      await store.store(a, first, LONG);
      await acquireAndComplete(context, b, second);
      first.fill(0);
      second.fill(0);
      await expectCompleted(context, 'a pooled Buffer, by store', a, bytes('the first'));
      await expectCompleted(context, 'a pooled Buffer, by complete', b, bytes('the second'));
    },
  ),

  rule(
    'store-copies-in',
    "What store was given is copied at the call: later changes to the caller's array change nothing.",
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      const value = bytes('as it was');
      const pending = store.store(key, value, LONG);
      value.fill(0x21);
      await pending;
      expect.same(
        'find, changed while store was under way',
        await store.find(key),
        bytes('as it was'),
      );
      value.fill(0x3f);
      expect.same('find, changed after store', await store.find(key), bytes('as it was'));
    },
  ),

  rule(
    'complete-copies-in',
    "What complete was given is copied at the call: later changes to the caller's array change nothing.",
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      const value = bytes('as it was');
      const pending = store.complete(key, token, value, LONG);
      value.fill(0x21);
      await pending;
      expect.same(
        'find, changed while complete was under way',
        await store.find(key),
        bytes('as it was'),
      );
      value.fill(0x3f);
      expect.same('find, changed after complete', await store.find(key), bytes('as it was'));
    },
  ),

  ...(['store', 'complete'] as const).map((move) =>
    rule(
      `${move}-copies-in-whatever-the-size`,
      `What ${move} was given is copied at the call, however large it is: a caller that uses its array again changes nothing.`,
      async (context) => {
        const { store, expect } = context;
        for (const length of [1, 20_000, 70_000, 300_000, 3_000_000]) {
          const value = new Uint8Array(length).fill(7);
          const given = value.slice();
          const { key, token } = await acquire(context, context.key());
          const pending =
            move === 'store'
              ? store.store(key, value, LONG)
              : store.complete(key, token, value, LONG);
          value.fill(9);
          await setImmediate();
          value.fill(8);
          await pending;
          const found = await store.find(key);
          const same = found !== null && Buffer.compare(found, given) === 0;
          expect.that(`find of ${length} bytes`, same, 'as they were at the call', found);
          await store.remove(key);
        }
      },
    ),
  ),

  rule(
    'find-copies-out',
    'What find answered belongs to the caller: changing it changes nothing.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      await store.store(key, bytes('as it was'), LONG);
      (await store.find(key))?.fill(0x21);
      expect.same(
        'find, after the last answer was changed',
        await store.find(key),
        bytes('as it was'),
      );
    },
  ),

  rule(
    'claim-copies-out',
    'The value in a completed answer belongs to the caller: changing it changes nothing.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      await acquireAndComplete(context, key, bytes('as it was'));
      const ask = () => store.claim(key, { token: context.token(), lease: LONG });
      expect.completed('a claim', await ask()).value.fill(0x21);
      const { value } = expect.completed('a second claim', await ask());
      expect.same('its value, after the first answer was changed', value, bytes('as it was'));
      expect.same('find', await store.find(key), bytes('as it was'));
    },
  ),

  rule(
    'answers-share-nothing',
    'Two answers never share memory, also when they were asked for at once.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      await store.store(key, bytes('as it was'), LONG);
      const [first, second] = await Promise.all([store.find(key), store.find(key)]);
      first?.fill(0x21);
      expect.same(
        'the second of two finds, after the first was changed',
        second,
        bytes('as it was'),
      );
      if (first !== null && second !== null) {
        expect.that(
          'their memory',
          first.buffer !== second.buffer,
          'a buffer of its own each',
          'one',
        );
      }
    },
  ),

  rule(
    'answers-are-plain',
    'A value comes back as a plain Uint8Array, not as a Buffer or another subclass.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      await store.store(key, Buffer.from('value'), LONG);
      expectPlain(context, 'what find answers', await store.find(key));
      const result = await store.claim(key, { token: context.token(), lease: LONG });
      expectPlain(context, 'what claim answers', expect.completed('a claim', result).value);
    },
  ),

  rule(
    'equal-values-are-apart',
    'Equal values at several keys, and of several claims, are records of their own: one that is removed or replaced takes no other with it.',
    async (context) => {
      const { store, expect } = context;
      const value = bytes('the same answer');
      const keys = [context.key('removed'), context.key('replaced'), context.key('stored')];
      for (const key of keys) await store.store(key, value, LONG);
      const [removed = '', replaced = '', stored = ''] = keys;
      const completed = await acquireAndComplete(context, context.key('completed'), value);
      const other = await acquireAndComplete(context, context.key('removed, too'), value);
      await store.remove(removed);
      await store.remove(other.key);
      await store.store(replaced, bytes('another'), LONG);
      await expectCompleted(context, 'what was stored', stored, value);
      await expectCompleted(context, 'what was completed', completed.key, value);
      await expectCompleted(context, 'what was replaced', replaced, bytes('another'));
      expect.same('what was removed', await store.find(removed), null);
    },
  ),

  rule(
    'replaced-by-the-same-length',
    'A value that replaces another of the same length is the one that is there, whatever its length.',
    async (context) => {
      const { store } = context;
      for (const length of [1, 200, 5_000, 70_000]) {
        const [one, other] = [new Uint8Array(length).fill(1), new Uint8Array(length).fill(1)];
        other[length - 1] = 2;
        const stored = context.key('stored');
        await store.store(stored, one, LONG);
        await store.store(stored, other, LONG);
        await expectCompleted(context, `${length} bytes over what was stored`, stored, other);
        const { key } = await acquireAndComplete(context, context.key('completed'), one);
        await store.store(key, other, LONG);
        await expectCompleted(context, `${length} bytes over a result`, key, other);
      }
    },
  ),

  rule(
    'replaced-by-shorter-at-any-size',
    'A shorter value that replaces a longer one leaves nothing of it, however large both are and whichever way they came.',
    async (context) => {
      const { store, expect } = context;
      for (const [longer, shorter] of SHRINKING) {
        const [long, short] = [new Uint8Array(longer).fill(1), new Uint8Array(shorter).fill(2)];
        const expectShort = async (how: string, key: string): Promise<void> => {
          const found = await store.find(key);
          const same = found !== null && Buffer.compare(found, short) === 0;
          expect.that(`${shorter} bytes ${how} ${longer}`, same, 'as they were', found);
        };
        const stored = context.key('stored');
        await store.store(stored, long, LONG);
        await store.store(stored, short, LONG);
        await expectShort('stored over', stored);
        const { key } = await acquireAndComplete(context, context.key('completed'), long);
        await store.store(key, short, LONG);
        await expectShort('stored over a result of', key);
        await store.store(key, long, LONG);
        await store.remove(key);
        await acquireAndComplete(context, key, short, { what: 'a claim of what was removed' });
        await expectShort('completed where something was removed of', key);
        await store.remove(key);
        await store.remove(stored);
      }
    },
  ),

  rule(
    'seen-by-others-whatever-the-size',
    'Who has read a value is given the next one by find and by claim, of the same length too and however large, when another client has replaced it.',
    async (context) => {
      const { store, expect } = context;
      const other = await context.open();
      const replayed = async (key: string): Promise<Uint8Array | null> => {
        const result = await store.claim(key, { token: context.token(), lease: LONG });
        return result.outcome === 'completed' ? result.value : null;
      };
      for (const length of [5, 5_000, 20_000, 70_000, 300_000]) {
        const { key } = await acquireAndComplete(context, context.key(), new Uint8Array(length));
        for (const byte of [1, 2, 3]) {
          await store.find(key);
          await replayed(key);
          const next = new Uint8Array(length).fill(byte);
          if (byte < 3) await other.store(key, next, LONG);
          else {
            await other.remove(key);
            const token = context.token();
            await other.claim(key, { token, lease: LONG });
            await other.complete(key, token, next, LONG);
          }
          for (const [what, value] of [
            ['find', await store.find(key)],
            ['claim', await replayed(key)],
          ] as const) {
            const same = value !== null && Buffer.compare(value, next) === 0;
            expect.that(`${what} of ${length} bytes, replaced`, same, 'the new ones', value);
          }
        }
        await store.remove(key);
      }
    },
  ),
];
