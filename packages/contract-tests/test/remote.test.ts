import { rules } from '@idem/contract-tests';
import { describeStoreContract } from '@idem/contract-tests/vitest';
import { remoteHarness } from './remote/remote-harness.ts';

const families = ['model', 'linearizability', 'faults', 'durability'];

describeStoreContract(remoteHarness('the reference store over TCP'), {
  rules: rules.filter(({ family }) => families.includes(family)),
});
