import { mergeConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

/** These tests mostly wait: for leases, restarts and failovers, each with servers of its own. */
export default mergeConfig(shared, { test: { maxWorkers: 5 } });
