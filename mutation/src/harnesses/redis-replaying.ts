import type { Absent, Harness } from '@idem/contract-tests';
import { standalone } from '../../../packages/redis/test/support/backends.ts';
import { replayingHarness } from '../../../packages/redis/test/support/harness.ts';
import { locate } from '../../../packages/redis/test/support/locate.ts';

/** With a replay cache on every store, which is told when each record ends. */
export default async (): Promise<Harness | Absent> => {
  const source = locate();
  if (source.kind === 'none') return { absent: source.reason };
  return replayingHarness(await standalone(source));
};
