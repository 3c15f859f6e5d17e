import { describeStoreContract } from '@idem/contract-tests/vitest';
import { memoryHarness, runningHarness } from './broken/kit/broken-store.ts';

describeStoreContract(memoryHarness('the reference store, with a driven clock'));
describeStoreContract(runningHarness('the reference store, with a running clock'));
