import { describeStoreContract } from '@idem/contract-tests/vitest';
import { contractHarness } from './support/contract-harness.ts';
import { findServer } from './support/find-server.ts';

// A server of its own, because one of the rules kills it.
describeStoreContract(
  async () => {
    const server = await findServer();
    return 'absent' in server ? server : contractHarness(server);
  },
  { report: '.conformance.json' },
);
