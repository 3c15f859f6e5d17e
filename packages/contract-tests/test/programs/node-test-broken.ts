import { rules } from '@idem/contract-tests';
import { describeStoreContract } from '@idem/contract-tests/node-test';
import harness from './broken-harness.ts';

describeStoreContract(harness, { rules: rules.filter(({ family }) => family === 'release') });
