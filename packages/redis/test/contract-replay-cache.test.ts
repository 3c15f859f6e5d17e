import { type Family, rules } from '@idem/contract-tests';
import { describeStoreContract } from '@idem/contract-tests/vitest';
import { standalone } from './support/backends.ts';
import { replayingHarness } from './support/harness.ts';
import { locate } from './support/locate.ts';

/** Those that ask for a completed record again; all the rules are put to it by `pnpm run contracts`, every night. */
const FAMILIES: ReadonlySet<Family> = new Set<Family>([
  'complete',
  'corruption',
  'expiry',
  'find-store',
  'linearizability',
  'model',
  'remove',
]);

describeStoreContract(
  async () => {
    const source = locate();
    if (source.kind === 'none') return { absent: source.reason };
    return replayingHarness(await standalone(source));
  },
  { rules: rules.filter(({ family }) => FAMILIES.has(family)) },
);
