/** Pays once, in one transaction with its record, and dies at the step that it is told. */
import { Idempotency } from '@idem/core';
import { libraries } from '../support/libraries/index.ts';
import { paymentInto } from '../support/payments.ts';

const { address, table, key, step, library } = JSON.parse(process.env['IDEM_PAYMENT'] ?? '{}');
const die = (at: string): void => {
  if (step === at) process.kill(process.pid, 'SIGKILL');
};

// What goes wrong before that step must not keep the test waiting.
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});

const opener = libraries.find(({ name }) => name === library);
await opener?.open(address, table, {
  use: async ({ store, start, execute }) => {
    const idempotency = new Idempotency({ store, ttl: 600_000, lease: 600_000 });
    await idempotency.runInTransaction(
      key,
      async (work) => {
        const { tx, commit } = await start();
        const result = await work(tx).catch((error: unknown) => {
          console.error(error);
          process.exit(1);
        });
        die('after complete');
        const committing = commit();
        // The commit is on its way when the socket has taken it.
        if (step === 'during commit') await new Promise((sent) => setImmediate(sent));
        die('during commit');
        await committing;
        die('after commit');
        return result;
      },
      async ({ tx }) => {
        die('before the write');
        await execute(tx, paymentInto(table), key);
        die('after the write');
        return { paid: key };
      },
    );
  },
});
