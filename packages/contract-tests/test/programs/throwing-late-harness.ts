import type { Harness } from '@idem/contract-tests';
import { memoryHarness } from '../broken/kit/broken-store.ts';

/** Its close fails, and something goes wrong elsewhere before it has. */
const harness: Harness = {
  ...memoryHarness('a harness that cannot be ended'),
  close: async () => {
    setTimeout(() => {
      throw new Error('of the server');
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new Error('the server does not stop');
  },
};

export default harness;
