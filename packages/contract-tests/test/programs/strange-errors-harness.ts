import type { Harness } from '@idem/contract-tests';
import { memoryHarness } from '../broken/kit/broken-store.ts';
import { ReferenceStore } from '../broken/kit/reference-store.ts';

class Unreadable extends Error {
  override get message(): string {
    throw new Error('not to be read');
  }
}

/** Its store throws what cannot even be looked at. */
const harness: Harness = memoryHarness(
  'a store of strange errors',
  class extends ReferenceStore {
    protected override async doFind(): Promise<never> {
      throw new Unreadable();
    }
    protected override async doExists(): Promise<never> {
      throw new Proxy(
        {},
        {
          get: () => {
            throw new Error('not to be read');
          },
        },
      );
    }
  },
);

export default harness;
