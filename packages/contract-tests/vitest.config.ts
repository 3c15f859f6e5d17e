import { mergeConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

/** Most of these tests wait: for processes of their own, or for a clock that runs. */
export default mergeConfig(shared, { test: { maxWorkers: 2 } });
