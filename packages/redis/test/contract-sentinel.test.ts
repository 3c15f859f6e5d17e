import { describeStoreContract } from '@idem/contract-tests/vitest';
import { sentinel } from './support/backends.ts';
import { harnessFor } from './support/harness.ts';
import { locateBinary } from './support/locate.ts';
import { rulesOfTheWay } from './support/rules-of-the-way.ts';

describeStoreContract(
  async () => {
    const source = locateBinary();
    if (source.kind === 'none') return { absent: source.reason };
    return harnessFor(await sentinel());
  },
  { rules: rulesOfTheWay('sentinel') },
);
