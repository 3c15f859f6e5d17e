/** Pays once, in one transaction with its record, and dies at the step that it is told. */
import { Socket } from 'node:net';
import { Idempotency } from '@idem/core';
import { libraries } from '../support/libraries/index.ts';
import { paymentInto } from '../support/payments.ts';

const { server, table, key, step, library } = JSON.parse(process.env['IDEM_PAYMENT'] ?? '{}');
const die = (at: string): void => {
  if (step === at) process.kill(process.pid, 'SIGKILL');
};

// What goes wrong before that step must not keep the test waiting.
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});

/** The commit is on its way when the socket has taken it. */
function dieWithTheNextWrite(): void {
  Socket.prototype.write = new Proxy(Socket.prototype.write, {
    apply: (write, socket, args) => {
      const taken: unknown = Reflect.apply(write, socket, args);
      setImmediate(() => die('during the commit'));
      return taken;
    },
  });
}

const opener = libraries.find(({ name }) => name === library);
await opener?.open(server, table, {
  use: async ({ store, begin, execute }) => {
    const idempotency = new Idempotency({ store, ttl: 600_000, lease: 600_000 });
    await idempotency.runInTransaction(
      key,
      async (work) => {
        const result = await begin(async (tx) => {
          const done = await work(tx);
          die('after complete');
          if (step === 'during the commit') dieWithTheNextWrite();
          return done;
        });
        die('after the commit');
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
