import type { Support } from '@idem/core';
import type { Rule } from '../../rule.ts';
import { close } from '../kit/close.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { eachOperation } from '../kit/operations.ts';
import { acquire, expectCompleted, expectHeld } from '../kit/steps.ts';

const { rule, untested } = family('lifecycle');

/** Clients that are open at once. */
const DOZEN = 12;

export const lifecycleRules: readonly Rule[] = [
  rule(
    'close-twice',
    'close may be called again, one after the other and at once.',
    async (context) => {
      const client = await context.open();
      await client.exists(context.key());
      await Promise.all([client.close(), client.close()]);
      const resolved = await client.close();
      context.expect.same('what a later close resolves to', resolved, undefined);
    },
  ),

  rule('close-unused', 'A client that did nothing can be closed.', async (context) => {
    const client = await context.open();
    context.expect.same('what close resolves to', await client.close(), undefined);
  }),

  rule(
    'closed-is-refused',
    'After close every operation rejects with IDEM_STORE_CLOSED.',
    async (context) => {
      const client = await context.open();
      await client.close();
      for (const [name, call] of eachOperation(context, {}, client)) {
        await context.expect.refused(`${name} after close`, 'IDEM_STORE_CLOSED', call);
      }
    },
  ),

  rule(
    'closing-is-refused',
    'From the call of close on, new operations reject with IDEM_STORE_CLOSED.',
    async (context) => {
      const client = await context.open();
      await client.exists(context.key());
      const closing = client.close();
      for (const [name, call] of eachOperation(context, {}, client)) {
        const what = `${name} while close is under way`;
        await context.expect.refused(what, 'IDEM_STORE_CLOSED', call);
      }
      await closing;
    },
  ),

  rule(
    'dispose-closes',
    'Symbol.asyncDispose closes: `await using` ends what was opened.',
    async (context) => {
      const client = await context.open();
      await client[Symbol.asyncDispose]();
      const exists = () => client.exists(context.key());
      await context.expect.refused('exists after it', 'IDEM_STORE_CLOSED', exists);
      await client[Symbol.asyncDispose]();
      await client.close();
    },
  ),

  rule(
    'others-stay-open',
    'Closing one client disturbs no other client of the backend.',
    async (context) => {
      const { store, expect } = context;
      const [first, second] = [await context.open(), await context.open()];
      const key = context.key();
      await first.store(key, bytes('stored'), LONG);
      await first.close();
      expect.same('find through another client', await second.find(key), bytes('stored'));
      await second.close();
      await store.store(key, bytes('again'), LONG);
      expect.same('find through the last client', await store.find(key), bytes('again'));
    },
  ),

  rule(
    'records-outlive-clients',
    'Records and claims outlive the client that made them.',
    async (context) => {
      const { store, expect } = context;
      const client = await context.open();
      const [stored, claimed] = [context.key('stored'), context.key('claimed')];
      const token = context.token();
      await client.store(stored, bytes('stored'), LONG);
      await client.claim(claimed, { token, lease: LONG, fingerprint: 'print' });
      await client.close();
      await expectCompleted(context, 'what the closed client stored', stored, bytes('stored'));
      await expectHeld(context, 'what the closed client claimed', claimed, 'print');
      const done = await store.complete(claimed, token, bytes('result'), LONG);
      expect.same('complete through another client', done, true);
    },
  ),

  rule(
    'close-under-way',
    'close while operations are under way: each of them ends, and what it answered is so.',
    async (context) => {
      const { store, expect } = context;
      const client = await context.open();
      const keys = Array.from({ length: 10 }, () => context.key());
      const stored = keys.map((key) =>
        client.store(key, bytes('stored'), LONG).then(
          () => true,
          () => false,
        ),
      );
      await close(context, 'close with operations under way', client);
      for (const [i, acknowledged] of (await Promise.all(stored)).entries()) {
        const exists = await store.exists(keys[i] ?? '');
        if (acknowledged) expect.same('exists of what store acknowledged', exists, true);
      }
    },
  ),

  rule(
    'many-clients',
    'Clients can be opened and closed again and again, and a dozen of them at once, each of which works.',
    async (context) => {
      const { key, token } = await acquire(context, context.key());
      for (let i = 0; i < 5; i += 1) {
        const client = await context.open();
        context.expect.same('renew by the next client', await client.renew(key, token, LONG), true);
        await client.close();
      }
      const clients = await Promise.all(Array.from({ length: DOZEN }, () => context.open()));
      const keys = clients.map(() => context.key());
      await Promise.all(
        clients.map((client, i) => client.store(keys[i] ?? key, bytes(`${i}`), LONG)),
      );
      const found = await Promise.all(
        clients.map((client, i) => client.find(keys[(i + 1) % DOZEN] ?? key)),
      );
      const right = found.map((_, i) => bytes(`${(i + 1) % DOZEN}`));
      context.expect.same('what each finds of the next one', found, right);
      await Promise.all(clients.map((client) => client.close()));
    },
  ),

  rule(
    'supports-is-declared',
    'supports declares durability and sharing: promised, or not and why.',
    async (context) => {
      const { store, expect } = context;
      const { durability, sharing } = store.supports;
      for (const [name, support] of Object.entries({ durability, sharing })) {
        expect.that(
          `supports.${name}`,
          isDeclared(support),
          '{ promised: true } or { promised: false, reason }',
          support,
        );
      }
      const other = await context.open();
      expect.same('what another client declares', other.supports, store.supports);
    },
  ),

  untested(
    'handed-in-is-not-closed',
    'close never ends what the user handed in.',
    'what a user can hand in differs from adapter to adapter; each proves it in its own tests',
  ),
  untested(
    'nothing-keeps-the-process-alive',
    'Nothing that a closed store leaves behind keeps the process alive.',
    'the process that runs the suite is kept alive by the suite; each adapter proves it in a process of its own',
  ),
  untested(
    'one-round-trip',
    'Each operation costs one round trip in the steady state.',
    "only the backend's own statistics can count round trips; each adapter proves it with them",
  ),
  untested(
    'full-is-refused',
    'A full backend refuses new claims with IDEM_STORE_FULL and drops no live record to make room.',
    'no suite may fill a backend; each adapter proves it on one with little room',
  ),
];

function isDeclared(support: Support | undefined): boolean {
  if (support?.promised === true) return true;
  return support?.promised === false && typeof support.reason === 'string' && support.reason !== '';
}
