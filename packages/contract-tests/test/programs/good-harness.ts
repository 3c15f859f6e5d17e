import type { Harness } from '@idem/contract-tests';
import { memoryHarness } from '../broken/kit/broken-store.ts';

/** A function that makes the harness of a store with no mistake. */
export default function harness(): Harness {
  return memoryHarness('a good store');
}
