import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/node.ts';
import { Gate, until } from '../support/gate.ts';
import { executor, serving, uncaughtDuring } from './support/serve.ts';

/** A store whose first claim takes as long as a test needs it to. */
class Slow extends MemoryStore {
  readonly granting = new Gate();
  released = 0;
  #claims = 0;

  override async claim(...args: Parameters<MemoryStore['claim']>) {
    const claimed = await super.claim(...args);
    this.#claims += 1;
    if (this.#claims === 1) await this.granting.opened;
    return claimed;
  }

  override async release(...args: Parameters<MemoryStore['release']>) {
    const isReleased = await super.release(...args);
    this.released += 1;
    return isReleased;
  }
}

test('a claim that comes after the request was answered executes nothing, answers nothing, and is given back', async () => {
  const store = new Slow();
  const told: unknown[] = [];
  let executions = 0;
  const uncaught = await uncaughtDuring(async () => {
    const listener = idempotent(
      {
        ...{ idempotency: executor(store), principal: 'anonymous', storeTimeout: 20 },
        onError: (error) => void told.push(error),
      },
      (_req, res) => void res.end(String(++executions)),
    );
    await serving(listener, async ({ pay }) => {
      expect((await pay()).status).toBe(503);
      store.granting.open();
      await until(() => store.released === 1);
      // Whoever would answer once more has had its turn.
      await new Promise((turn) => setImmediate(turn));
      expect([executions, told.length]).toEqual([0, 1]);
    });
  });
  expect(uncaught).toEqual([]);
});
