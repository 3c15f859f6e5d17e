import type { Absent, Harness } from '@idem/contract-tests';
import { standalone } from '../../../packages/redis/test/support/backends.ts';
import { harnessFor } from '../../../packages/redis/test/support/harness.ts';
import { locate } from '../../../packages/redis/test/support/locate.ts';

export default async (): Promise<Harness | Absent> => {
  const source = locate();
  if (source.kind === 'none') return { absent: source.reason };
  return harnessFor(await standalone(source));
};
