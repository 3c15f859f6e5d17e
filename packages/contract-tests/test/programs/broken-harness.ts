import type { Harness } from '@idem/contract-tests';
import { memoryHarness } from '../broken/kit/broken-store.ts';
import { ReferenceStore } from '../broken/kit/reference-store.ts';

class NeverReleased extends ReferenceStore {
  protected override async doRelease(): Promise<boolean> {
    return false;
  }
}

/** A harness of a store that releases nothing, as it is and not as a function. */
const harness: Harness = memoryHarness('a broken store', NeverReleased);

export default harness;
