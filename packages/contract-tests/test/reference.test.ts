import { describeStoreContract } from '@idem/contract-tests/vitest';
import { memoryHarness, runningClock, runningHarness } from './broken/kit/broken-store.ts';
import { transactionalHarness } from './broken/transactions/harness.ts';

describeStoreContract(memoryHarness('the reference store, with a driven clock'));
describeStoreContract(runningHarness('the reference store, with a running clock'));
describeStoreContract(transactionalHarness('the reference store with transactions'));
describeStoreContract(transactionalHarness('the same with a running clock', {}, runningClock()));
