import { describeStoreContract } from '@idem/contract-tests/vitest';
import { standalone } from './support/backends.ts';
import { replayingHarness } from './support/harness.ts';
import { locate } from './support/locate.ts';

describeStoreContract(
  async () => {
    const source = locate();
    if (source.kind === 'none') return { absent: source.reason };
    return replayingHarness(await standalone(source), 'node-redis');
  },
  { report: '.conformance-node-redis-replay-cache.json' },
);
