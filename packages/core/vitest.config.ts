import { mergeConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

// Many of these tests leave a run that never ends, and core keeps one timer for all runs of a process.
export default mergeConfig(shared, { test: { isolate: true } });
