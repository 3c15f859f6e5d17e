import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, acquireAndComplete, expectCompleted } from '../kit/steps.ts';

const { rule, timed } = family('find-store');

export const findStoreRules: readonly Rule[] = [
  rule(
    'vacant-is-null',
    'A vacant key has no value: find answers null, exists false.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      expect.same('find of a key that was never used', await store.find(key), null);
      expect.same('exists of a key that was never used', await store.exists(key), false);
    },
  ),

  rule(
    'stored-is-found',
    'What store put there, find answers and exists confirms.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      expect.same(
        'what store resolves to',
        await store.store(key, bytes('stored'), LONG),
        undefined,
      );
      expect.same('find after store', await store.find(key), bytes('stored'));
      expect.same('exists after store', await store.exists(key), true);
    },
  ),

  rule(
    'claimed-is-not-found',
    'A claimed key has no value yet: find answers null, exists false.',
    async (context) => {
      const { store, expect } = context;
      const { key } = await acquire(context, context.key());
      expect.same('find of a claimed key', await store.find(key), null);
      expect.same('exists of a claimed key', await store.exists(key), false);
    },
  ),

  rule(
    'completed-is-found',
    'What complete recorded, find answers and exists confirms.',
    async (context) => {
      const { store, expect } = context;
      const { key } = await acquireAndComplete(context, context.key(), bytes('completed'));
      expect.same('find after complete', await store.find(key), bytes('completed'));
      expect.same('exists after complete', await store.exists(key), true);
    },
  ),

  rule(
    'store-replaces',
    'store replaces the value that was there, stored or completed.',
    async (context) => {
      const { store, expect } = context;
      const stored = context.key('stored');
      await store.store(stored, bytes('the first, longer value'), LONG);
      await store.store(stored, bytes('second'), LONG);
      expect.same('find after a second store', await store.find(stored), bytes('second'));
      const { key } = await acquireAndComplete(context, context.key('completed'), bytes('result'));
      await store.store(key, bytes('second'), LONG);
      expect.same(
        'find after store over a completed record',
        await store.find(key),
        bytes('second'),
      );
    },
  ),

  timed(
    'store-replaces-ttl',
    'store over a record gives it the new ttl, longer or shorter.',
    async (context, time) => {
      const { store, expect } = context;
      const [longer, shorter] = [context.key('longer'), context.key('shorter')];
      const first = await time.begin(time.short, () =>
        store.store(longer, bytes('first'), time.short),
      );
      await time.before(first.end, () => store.store(longer, bytes('second'), LONG));
      await store.store(shorter, bytes('first'), LONG);
      const second = await time.begin(time.short, () =>
        store.store(shorter, bytes('second'), time.short),
      );
      await time.at(first.end);
      expect.same("at the first ttl's end, find", await store.find(longer), bytes('second'));
      await time.at(second.end);
      expect.same("at the new, shorter ttl's end, find", await store.find(shorter), null);
    },
  ),

  rule(
    'store-completes-claimed',
    'store over a claimed key makes it completed.',
    async (context) => {
      const { store } = context;
      const { key } = await acquire(context, context.key(), { fingerprint: 'of-the-claim' });
      await store.store(key, bytes('stored'), LONG);
      await expectCompleted(context, 'after store over a claim', key, bytes('stored'));
    },
  ),

  rule('store-voids-claim', 'store over a claimed key makes the claim void.', async (context) => {
    const { store, expect } = context;
    const { key, token } = await acquire(context, context.key());
    await store.store(key, bytes('stored'), LONG);
    const late = await store.complete(key, token, bytes('late'), LONG);
    expect.same('complete by the void claim', late, false);
    expect.same('renew by the void claim', await store.renew(key, token, LONG), false);
    expect.same('release by the void claim', await store.release(key, token), false);
    await expectCompleted(context, 'after the void claim tried', key, bytes('stored'));
  }),

  rule(
    'store-has-no-fingerprint',
    'A record that store made has no fingerprint, whatever was there before.',
    async (context) => {
      const { store } = context;
      const fresh = context.key('vacant');
      await store.store(fresh, bytes('stored'), LONG);
      await expectCompleted(context, 'store over a vacant key', fresh, bytes('stored'));
      const { key } = await acquireAndComplete(context, context.key('completed'), bytes('result'), {
        fingerprint: 'of-the-claim',
      });
      await store.store(key, bytes('stored'), LONG);
      await expectCompleted(context, 'store over a completed record', key, bytes('stored'));
    },
  ),

  rule(
    'store-has-no-token',
    'A record that store made belongs to no claim: complete by the token of the claim before it is false.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquireAndComplete(context, context.key());
      await store.store(key, bytes('stored'), LONG);
      const again = await store.complete(key, token, bytes('again'), LONG);
      expect.same('complete by the token that store replaced', again, false);
      expect.same('find afterwards', await store.find(key), bytes('stored'));
    },
  ),

  timed(
    'reading-changes-nothing',
    'find and exists never lengthen the life of a record.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { end } = await time.begin(time.short, () => store.store(key, bytes('v'), time.short));
      await time.pass(time.short / 4);
      const found = await time.before(end, () => store.find(key));
      const exists = await time.before(end, () => store.exists(key));
      expect.same('find before the end', found, bytes('v'));
      expect.same('exists before the end', exists, true);
      await time.at(end);
      expect.same('find at the end of the ttl, after reading', await store.find(key), null);
    },
  ),

  rule(
    'keys-are-independent',
    'Operations on one key leave every other key as it was.',
    async (context) => {
      const { store, expect } = context;
      const kept = context.key('kept');
      const { key } = await acquireAndComplete(context, kept, bytes('kept'));
      const other = context.key('other');
      await store.store(other, bytes('other'), LONG);
      await store.remove(other);
      const { token } = await acquire(context, other);
      await store.release(other, token);
      expect.same('find of the key that was left alone', await store.find(key), bytes('kept'));
    },
  ),

  rule(
    'clients-share-records',
    'What one client did, every other client of the backend sees at once.',
    async (context) => {
      const { store, expect } = context;
      const other = await context.open();
      const key = context.key('stored');
      expect.same('find through another client, before', await other.find(key), null);
      await store.store(key, bytes('first'), LONG);
      expect.same('find through another client', await other.find(key), bytes('first'));
      await store.store(key, bytes('second'), LONG);
      expect.same('find through another client', await other.find(key), bytes('second'));
      await store.remove(key);
      expect.same('exists through another client, once removed', await other.exists(key), false);
      const claimed = context.key('claimed');
      const token = context.token();
      await other.claim(claimed, { token, lease: LONG });
      const result = await store.claim(claimed, { token: context.token(), lease: LONG });
      expect.inProgress('a claim of what another client claimed', result);
      const done = await store.complete(claimed, token, bytes('result'), LONG);
      expect.same('complete through another client than claimed', done, true);
      expect.same('find of it', await other.find(claimed), bytes('result'));
    },
  ),

  timed(
    'store-over-lapsed',
    'store over a claim whose lease has lapsed makes the key completed, like any vacant key.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const lapsed = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short, fingerprint: 'of-the-lapsed' }),
      );
      await time.at(lapsed.end);
      await store.store(key, bytes('stored'), LONG);
      await expectCompleted(context, 'after store', key, bytes('stored'));
      const late = await store.complete(key, lapsed.result.token, bytes('late'), LONG);
      expect.same('complete by the lapsed claim', late, false);
    },
  ),
];
