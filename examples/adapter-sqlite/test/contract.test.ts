import { describeStoreContract } from '@idem/contract-tests/node-test';
import harness from './harness.ts';

describeStoreContract(harness);
