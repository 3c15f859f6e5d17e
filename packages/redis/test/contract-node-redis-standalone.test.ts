import { describeStoreContract } from '@idem/contract-tests/vitest';
import { standalone } from './support/backends.ts';
import { harnessFor } from './support/harness.ts';
import { locate } from './support/locate.ts';
import { rulesOfTheWay } from './support/rules-of-the-way.ts';

describeStoreContract(
  async () => {
    const source = locate();
    if (source.kind === 'none') return { absent: source.reason };
    return harnessFor(await standalone(source), 'node-redis');
  },
  { rules: rulesOfTheWay('driver') },
);
