import type { Rule } from '../../rule.ts';
import { crash, durable } from '../kit/crash.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, acquireAndComplete, expectHeld } from '../kit/steps.ts';

const { rule } = family('durability');

const how = { needs: ['crash'], exclusive: true } as const;

/** What was acknowledged is still so after the backend crashed. */
export const durabilityRules: readonly Rule[] = [
  rule(
    'results-survive',
    'An acknowledged result is there after a crash: found, and replayed to a claim.',
    durable(async (context) => {
      const { store, expect } = context;
      const { key } = await acquireAndComplete(context, context.key('completed'));
      const before = await store.find(key);
      const stored = context.key('stored');
      await store.store(stored, bytes('stored'), LONG);
      await crash(context);
      expect.same('find of a completed record', await store.find(key), before);
      expect.same('find of a stored record', await store.find(stored), bytes('stored'));
      const claim = await store.claim(key, { token: context.token(), lease: LONG });
      expect.same('the value that a claim gets', expect.completed('a claim', claim).value, before);
    }),
    how,
  ),
  rule(
    'claims-survive',
    'An acknowledged claim is held after a crash: others are in progress, and its holder completes it.',
    durable(async (context) => {
      const { store, expect } = context;
      const { key, token, fence } = await acquire(context, context.key(), {
        fingerprint: 'of-the-holder',
      });
      await crash(context);
      await expectHeld(context, 'after the crash', key, 'of-the-holder');
      const again = await store.claim(key, { token, lease: LONG, fingerprint: 'of-the-holder' });
      expect.same('its fence', expect.acquired('the claim repeated', again).fence, fence);
      const completed = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete by its holder', completed, true);
    }),
    how,
  ),
  rule(
    'endings-survive',
    'What was released or removed does not come back with a crash.',
    durable(async (context) => {
      const { store } = context;
      const released = await acquire(context, context.key('released'));
      await store.release(released.key, released.token);
      const removed = await acquireAndComplete(context, context.key('removed'));
      await store.remove(removed.key);
      await crash(context);
      await acquire(context, released.key, { what: 'a claim of what was released' });
      await acquire(context, removed.key, { what: 'a claim of what was removed' });
    }),
    how,
  ),
  rule(
    'fences-rise-across-crashes',
    'A claim after a crash has a greater fence than every claim of the key before it.',
    durable(async (context) => {
      const { store, expect } = context;
      const first = await acquire(context, context.key());
      // The last thing before the crash: nothing else may have carried it to the disk.
      await store.release(first.key, first.token);
      await crash(context);
      const vacant = { state: 'vacant', takeover: false };
      expect.same('inspect after the crash', await store.inspect(first.key), vacant);
      const { fence } = await acquire(context, first.key, { what: 'a claim after the crash' });
      expect.that('its fence', fence > first.fence, `more than ${first.fence}`, fence);
    }),
    how,
  ),
];
