import { rules } from '@idem/contract-tests';
import { describeStoreContract } from '@idem/contract-tests/node-test';
import harness from './good-harness.ts';

describeStoreContract(harness, {
  rules: rules.filter(({ family }) => family === 'release' || family === 'corruption'),
});
