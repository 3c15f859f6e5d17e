/** A call that waits for another process: the process must not end before its deadline. */
import { Idempotency, isIdempotencyError } from '../../src/index.ts';
import { TestStore } from '../support/test-store.ts';

const store = new TestStore();
const here = new Idempotency({ store, ttl: 600_000, wait: 100 });
const elsewhere = new Idempotency({ store, ttl: 600_000 });
void elsewhere.run('k', () => new Promise(() => {}));
here
  .run('k', () => 'executed twice')
  .catch((error: unknown) => {
    process.stdout.write(
      isIdempotencyError(error, 'IDEM_IN_PROGRESS') ? 'in progress' : String(error),
    );
  });
