/** A handler that never ends and has nothing left to do: neither its lease nor its renewals may keep the process. */
import { Idempotency } from '../../src/index.ts';
import { TestStore } from '../support/test-store.ts';

const idempotency = new Idempotency({ store: new TestStore(), ttl: 600_000, lease: 300_000 });
void idempotency.run('k', () => new Promise(() => {}));
process.on('exit', () => process.stdout.write('ended'));
