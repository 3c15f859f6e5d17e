import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { eachOperation } from '../kit/operations.ts';
import { acquire, acquireAndComplete, expectCompleted, expectHeld } from '../kit/steps.ts';

const { rule } = family('cancellation');

/** Reasons a caller may abort with; the last ones are no errors. */
const REASONS: readonly unknown[] = [new Error('the caller went away'), 'gone', 42, null, { a: 1 }];

export const cancellationRules: readonly Rule[] = [
  rule(
    'aborted-before',
    "An operation whose signal is aborted already rejects with the signal's reason.",
    async (context) => {
      const { expect } = context;
      for (const reason of REASONS) {
        const options = { signal: AbortSignal.abort(reason) };
        for (const [name, call] of eachOperation(context, { options })) {
          expect.same(`${name}: its rejection`, await outcome(call), { rejected: reason });
        }
      }
    },
  ),

  rule(
    'aborted-before-sends-nothing',
    'An operation whose signal is aborted already sends nothing: every key stays as it was.',
    async (context) => {
      const { expect } = context;
      const [claimed, completed, vacant] = [context.key('c'), context.key('d'), context.key('v')];
      const { token } = await acquire(context, claimed, { fingerprint: 'print' });
      await acquireAndComplete(context, completed, bytes('kept'));
      const options = { signal: AbortSignal.abort(new Error('gone')) };
      for (const key of [claimed, completed, vacant]) {
        const calls = [
          ...eachOperation(context, { key, options }),
          ...eachOperation(context, { key, token, options }),
        ];
        for (const [name, call] of calls) {
          await expect.rejected(`${name}, aborted before`, "the signal's reason", call);
        }
      }
      await expectHeld(context, 'the claimed key afterwards', claimed, 'print');
      await expectCompleted(context, 'the completed key afterwards', completed, bytes('kept'));
      expect.same('exists of the vacant key', await context.store.exists(vacant), false);
      const first = await acquire(context, vacant, { what: 'a claim of the vacant key' });
      expect.same('its takeover', first.takeover, false);
    },
  ),

  rule(
    'aborted-in-flight',
    "An operation aborted in flight rejects at once with the signal's reason, without waiting for the backend.",
    async (context) => {
      const { expect } = context;
      for (const reason of REASONS.slice(0, 2)) {
        const controller = new AbortController();
        const options = { signal: controller.signal };
        const calls = eachOperation(context, { options }).map(
          ([name, call]) => [name, outcome(call)] as const,
        );
        controller.abort(reason);
        for (const [name, settled] of calls) {
          const first = await Promise.race([settled, setImmediate('still pending')]);
          expect.same(`${name}, once aborted`, first, { rejected: reason });
        }
      }
    },
  ),

  rule(
    'aborted-in-flight-is-legal',
    'After an abort in flight the operation happened whole or not at all.',
    async (context) => {
      const { store, expect } = context;
      for (let round = 0; round < 5; round += 1) {
        const { key, token } = await acquire(context, context.key(), { fingerprint: 'print' });
        const controller = new AbortController();
        const { signal } = controller;
        const call = () => store.complete(key, token, bytes('result'), LONG, { signal });
        const pending = outcome(call);
        if (round > 0) await setImmediate();
        controller.abort(new Error('gone'));
        await pending;
        // Repeating it is what a caller does that does not know; it must be recorded then.
        const done = await store.complete(key, token, bytes('result'), LONG);
        expect.same('complete, repeated after the abort', done, true);
        await expectCompleted(context, 'after it', key, bytes('result'), 'print');
      }
    },
  ),

  rule(
    'aborted-claim-is-repeatable',
    'A claim aborted in flight is acquired when it is repeated with the same token, and holds the key alone.',
    async (context) => {
      const { store, expect } = context;
      for (let round = 0; round < 5; round += 1) {
        const key = context.key();
        const token = context.token();
        const controller = new AbortController();
        const { signal } = controller;
        const pending = outcome(() => store.claim(key, { token, lease: LONG }, { signal }));
        if (round > 0) await setImmediate();
        controller.abort(new Error('gone'));
        await pending;
        const result = await store.claim(key, { token, lease: LONG });
        expect.acquired('the claim, repeated after the abort', result);
        await expectHeld(context, 'after it', key);
      }
    },
  ),

  rule(
    'unaborted-changes-nothing',
    'A signal that is not aborted changes no answer.',
    async (context) => {
      const { store, expect } = context;
      const { signal } = new AbortController();
      const options = { signal };
      const key = context.key();
      const token = context.token();
      const claim = await store.claim(key, { token, lease: LONG }, options);
      expect.acquired('claim', claim);
      expect.same('renew', await store.renew(key, token, LONG, options), true);
      const done = await store.complete(key, token, bytes('result'), LONG, options);
      expect.same('complete', done, true);
      expect.same('find', await store.find(key, options), bytes('result'));
      expect.same('exists', await store.exists(key, options), true);
      await store.store(key, bytes('stored'), LONG, options);
      expect.same('find after store', await store.find(key, options), bytes('stored'));
      await store.remove(key, options);
      expect.same('exists after remove', await store.exists(key, options), false);
      await store.claim(key, { token, lease: LONG }, options);
      expect.same('release', await store.release(key, token, options), true);
    },
  ),

  rule(
    'no-listeners-left',
    'When an operation has ended it has taken its listeners off the signal, however it ended.',
    async (context) => {
      const { expect } = context;
      const controller = new AbortController();
      const { signal } = controller;
      const count = async (what: string): Promise<void> => {
        await setImmediate();
        expect.same(`listeners left after ${what}`, getEventListeners(signal, 'abort').length, 0);
      };
      for (const [name, call] of eachOperation(context, { options: { signal } })) {
        await call();
        await count(name);
      }
      for (const [name, call] of eachOperation(context, { key: '', options: { signal } })) {
        await expect.rejected(`${name} with the empty key`, 'a refusal', call);
        await count(`a refused ${name}`);
      }
      const pending = eachOperation(context, { options: { signal } }).map(([, call]) =>
        outcome(call),
      );
      controller.abort();
      await Promise.all(pending);
      await count('an abort');
    },
  ),

  rule(
    'abort-after-the-end',
    'An abort after the operation has ended changes nothing.',
    async (context) => {
      const { store } = context;
      const controller = new AbortController();
      const { signal } = controller;
      const key = context.key();
      const token = context.token();
      await store.claim(key, { token, lease: LONG }, { signal });
      await store.complete(key, token, bytes('result'), LONG, { signal });
      controller.abort(new Error('too late'));
      await setImmediate();
      await expectCompleted(context, 'after the late abort', key, bytes('result'));
    },
  ),

  rule(
    'others-are-not-disturbed',
    'Aborting one operation disturbs no other on the same client, and the client goes on working.',
    async (context) => {
      const { store, expect } = context;
      for (let round = 0; round < 3; round += 1) {
        const controller = new AbortController();
        const options = { signal: controller.signal };
        const keys = Array.from({ length: 8 }, () => context.key());
        const doomed = eachOperation(context, { options }).map(([, call]) => outcome(call));
        const others = keys.map((key) => store.store(key, bytes(key), LONG));
        controller.abort(new Error('gone'));
        await Promise.all([...doomed, ...others]);
        const found = await Promise.all(keys.map((key) => store.find(key)));
        for (const [i, key] of keys.entries()) {
          expect.same('find of what another operation stored', found[i], bytes(key));
        }
      }
    },
  ),
];

type Outcome = { readonly resolved: unknown } | { readonly rejected: unknown };

function outcome(call: () => Promise<unknown>): Promise<Outcome> {
  return call().then(
    (resolved) => ({ resolved }),
    (rejected: unknown) => ({ rejected }),
  );
}
