import { type IdempotencyStore, isIdempotencyError } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { bytes, LONG } from '../kit/material.ts';
import { rounds } from '../kit/rounds.ts';
import { settled } from '../kit/settled.ts';
import { acquire, acquireAndComplete, expectHeld, expectVacant } from '../kit/steps.ts';

const { rule } = family('faults');

const how = { needs: ['faults'], exclusive: true } as const;

/** Repetition after a lost reply: by the adapter itself, or by the caller when it is told that it may. */
export const lostReplyRules: readonly Rule[] = [
  lostReply(
    'lost-claim',
    'A claim whose reply was lost is acquired when it is repeated, once: with one fence, and in progress for others.',
    async (context, attempt) => {
      const [key, token] = [context.key(), context.token()];
      const request = { token, lease: LONG, fingerprint: 'of-the-holder' };
      const result = await attempt((store) => store.claim(key, request));
      const { fence, takeover } = context.expect.acquired('the claim', result);
      context.expect.same('its takeover', takeover, false);
      const again = context.expect.acquired('once more', await context.store.claim(key, request));
      context.expect.same('its fence once more', again.fence, fence);
      await expectHeld(context, 'afterwards', key, 'of-the-holder');
    },
  ),
  lostReply(
    'lost-complete',
    'A completion whose reply was lost is true when it is repeated, and its value is found.',
    async (context, attempt) => {
      const { key, token } = await acquire(context, context.key());
      const done = await attempt((store) =>
        given('result', (value) => store.complete(key, token, value, LONG)),
      );
      context.expect.same('the completion', done, true);
      context.expect.same('find', await context.store.find(key), bytes('result'));
    },
  ),
  lostReply(
    'lost-renew',
    'A renewal whose reply was lost is true when it is repeated: the claim is held still.',
    async (context, attempt) => {
      const { key, token } = await acquire(context, context.key());
      context.expect.same(
        'the renewal',
        await attempt((store) => store.renew(key, token, LONG)),
        true,
      );
      await expectHeld(context, 'afterwards', key);
    },
  ),
  lostReply(
    'lost-release',
    'After a release whose reply was lost the key is vacant, and the next claim is no takeover.',
    async (context, attempt) => {
      const { key, token } = await acquire(context, context.key());
      await attempt((store) => store.release(key, token));
      const { takeover } = await expectVacant(context, 'afterwards', key);
      context.expect.same('takeover of the next claim', takeover, false);
    },
  ),
  lostReply(
    'lost-release-is-no-refusal',
    'A release whose reply was lost answers true, or that its outcome is not known; never false.',
    async (context, attempt) => {
      const { key, token } = await acquire(context, context.key());
      const answer = await attempt((store) => store.release(key, token).catch(unknownOutcome));
      if (answer !== undefined) context.expect.same('the release', answer, true);
    },
  ),
  lostReply(
    'lost-release-of-nothing',
    'A release of what its token does not hold is false, though its reply was lost and it was sent again.',
    async (context, attempt) => {
      const { store, token, expect } = context;
      const released = await acquire(context, context.key('released'));
      await store.release(released.key, released.token);
      const removed = await acquire(context, context.key('removed'));
      await store.remove(removed.key);
      const held = await acquire(context, context.key('held'));
      const done = await acquireAndComplete(context, context.key('completed'), bytes('result'));
      const releases = {
        "another's, which it released": { ...released, token: token() },
        'its own, which was removed': removed,
        "another's": { ...held, token: token() },
        'its own, which it completed': done,
      };
      for (const [what, { key, token }] of Object.entries(releases)) {
        const answer = await attempt((client) => client.release(key, token));
        expect.same(`a release of ${what}`, answer, false);
      }
      await expectHeld(context, 'afterwards', held.key);
    },
  ),
  lostReply(
    'lost-store-and-remove',
    'A store or a remove whose reply was lost has taken effect once it was repeated.',
    async (context, attempt) => {
      const key = context.key();
      await attempt((store) => given('stored', (value) => store.store(key, value, LONG)));
      context.expect.same('find after store', await context.store.find(key), bytes('stored'));
      await attempt((store) => store.remove(key));
      await expectVacant(context, 'after remove', key);
    },
  ),
  lostReply(
    'lost-find-and-exists',
    'A find or an exists whose reply was lost never says that a result is not there.',
    async (context, attempt) => {
      const { key } = await acquireAndComplete(context, context.key(), bytes('result'));
      context.expect.same('find', await attempt((store) => store.find(key)), bytes('result'));
      context.expect.same('exists', await attempt((store) => store.exists(key)), true);
    },
  ),
];

/** Gives the bytes of a text, and writes over them once they were given: what is sent again is what was given. */
function given<T>(text: string, call: (value: Uint8Array) => Promise<T>): Promise<T> {
  const value = bytes(text);
  const pending = call(value);
  value.fill(0);
  return pending;
}

/** Of what was rejected as retryable: nobody knows whether it happened. */
function unknownOutcome(error: unknown): undefined {
  if (!isIdempotencyError(error) || !error.retryable) throw error;
}

/** Loses the reply of the next operation, and repeats that until it is answered. */
type Attempt = <T>(act: (store: IdempotencyStore) => Promise<T>) => Promise<T>;

function lostReply(
  name: string,
  statement: string,
  check: (context: RuleContext, attempt: Attempt) => Promise<void>,
): Rule {
  const many = async (context: RuleContext): Promise<void> => {
    await using client = await faultyClient(context);
    const { store, faults } = client;
    const attempt: Attempt = (act) => {
      faults.loseNextReply();
      return settled(() => act(store));
    };
    // One fault says it all: the other rounds would say it again.
    for (const _round of rounds(context, 25)) {
      if (context.expect.faults.length > 0) return;
      await settled(() => store.exists(context.key('warm')));
      await check(context, attempt);
    }
  };
  return rule(name, statement, many, how);
}
