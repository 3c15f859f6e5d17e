import { rules } from '@idem/contract-tests';
import { describeStoreContract } from '@idem/contract-tests/vitest';
import { memoryHarness, runningClock, runningHarness } from './broken/kit/broken-store.ts';
import { transactionalHarness } from './broken/transactions/harness.ts';

// A store with no mistake raises no alarm. `pnpm soak` runs it two hundred times with every core busy.
describeStoreContract(memoryHarness('the reference store, with a driven clock'));
describeStoreContract(runningHarness('the reference store, with a running clock'));

const inTransactions = rules.filter(({ family }) => family === 'transactions');
const running = transactionalHarness('the same with a running clock', {}, runningClock());
describeStoreContract(transactionalHarness('the reference store with transactions'), {
  rules: inTransactions,
});
describeStoreContract(running, { rules: inTransactions });
