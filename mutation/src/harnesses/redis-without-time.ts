import type { Absent, Harness } from '@idem/contract-tests';
import { RedisStore } from '@idem/redis';
import { standalone } from '../../../packages/redis/test/support/backends.ts';
import { harnessFor } from '../../../packages/redis/test/support/harness.ts';
import { locate } from '../../../packages/redis/test/support/locate.ts';
import { PATIENT_TIMEOUT } from '../../../packages/redis/test/support/patience.ts';

/** As on a server that refuses TIME in scripts. */
export default async (): Promise<Harness | Absent> => {
  const source = locate();
  if (source.kind === 'none') return { absent: source.reason };
  const backend = await standalone(source);
  const { url } = backend;
  const options = { url, wakeUp: true, timeout: PATIENT_TIMEOUT, timeInScripts: false };
  return { ...harnessFor(backend), open: () => RedisStore.connect(options) };
};
