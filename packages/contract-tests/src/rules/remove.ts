import type { Rule } from '../rule.ts';
import { family } from './kit/family.ts';
import { bytes, LONG } from './kit/material.ts';
import { acquire, acquireAndComplete, expectCompleted, expectVacant } from './kit/steps.ts';

const { rule } = family('remove');

export const removeRules: readonly Rule[] = [
  rule(
    'vacant-is-nothing',
    'remove of a vacant key does nothing and is no error.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      expect.same('what remove resolves to', await store.remove(key), undefined);
      const { takeover } = await expectVacant(context, 'after it', key);
      expect.same('takeover of the first claim', takeover, false);
    },
  ),

  rule('stored-becomes-vacant', 'remove makes a stored key vacant.', async (context) => {
    const key = context.key();
    await context.store.store(key, bytes('stored'), LONG);
    await context.store.remove(key);
    await expectVacant(context, 'after remove', key);
  }),

  rule(
    'completed-becomes-vacant',
    'remove makes a completed key vacant, and its token is forgotten.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      const { token } = await acquireAndComplete(context, key);
      await store.remove(key);
      const again = await store.complete(key, token, bytes('again'), LONG);
      expect.same('complete by the token of the removed record', again, false);
      await expectVacant(context, 'after remove', key);
    },
  ),

  rule('claimed-becomes-vacant', 'remove makes a claimed key vacant.', async (context) => {
    const { key } = await acquire(context, context.key());
    await context.store.remove(key);
    await expectVacant(context, 'after remove', key);
  }),

  rule(
    'voids-claim',
    'remove makes a claim void: its holder can no longer complete, renew or release.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      await store.remove(key);
      expect.same('renew by the void claim', await store.renew(key, token, LONG), false);
      expect.same('release by the void claim', await store.release(key, token), false);
      const done = await store.complete(key, token, bytes('late'), LONG);
      expect.same('complete by the void claim', done, false);
      expect.same('find after it', await store.find(key), null);
    },
  ),

  rule('only-this-key', 'remove touches no other key.', async (context) => {
    const { store } = context;
    const [removed, kept] = [context.key(), context.key()];
    await store.store(removed, bytes('removed'), LONG);
    await store.store(kept, bytes('kept'), LONG);
    await store.store(`${removed}:more`, bytes('longer'), LONG);
    await store.remove(removed);
    await expectCompleted(context, 'another key', kept, bytes('kept'));
    const longer = `${removed}:more`;
    await expectCompleted(
      context,
      'a key that begins with the removed one',
      longer,
      bytes('longer'),
    );
  }),

  rule(
    'may-be-used-again',
    'A removed key may be stored, claimed and completed again.',
    async (context) => {
      const { store } = context;
      const key = context.key();
      await store.store(key, bytes('first'), LONG);
      await store.remove(key);
      await store.store(key, bytes('second'), LONG);
      await expectCompleted(context, 'after a second store', key, bytes('second'));
      await store.remove(key);
      await acquireAndComplete(context, key, bytes('third'), { fingerprint: 'print' });
      await expectCompleted(context, 'after claim and complete', key, bytes('third'), 'print');
    },
  ),
];
