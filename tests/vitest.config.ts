import { mergeConfig } from 'vitest/config';
import { shared } from '../vitest.shared.ts';

// These tests start package managers and servers: slow by nature, and each with a deadline of its own.
export default mergeConfig(shared, {
  test: {
    globalSetup: 'support/pack-once.ts',
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
