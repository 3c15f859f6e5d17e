import { Watchdog } from '../../src/cli/watchdog.ts';
import { accountable } from '../../src/engine/under-way.ts';

/** A rule whose store goes round in circles. */
const watchdog = new Watchdog(2_000);
await new Promise((resolve) => setTimeout(resolve, 10));
await accountable({ id: 'claim.example', fault: () => {} }, async () => {
  while (watchdog !== undefined);
});
