import { setImmediate } from 'node:timers/promises';
import type { Harness } from '@idem/contract-tests';
import { memoryHarness } from '../broken/kit/broken-store.ts';
import { ReferenceStore } from '../broken/kit/reference-store.ts';

/** Its store ends the process, as if all were well. */
const harness: Harness = memoryHarness(
  'a store that exits',
  class extends ReferenceStore {
    protected override async doFind(): Promise<never> {
      await setImmediate();
      process.exit(0);
    }
  },
);

export default harness;
