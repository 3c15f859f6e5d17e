import { mergeConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

// Node runs no decorators.
export default mergeConfig(shared, { test: { experimental: { viteModuleRunner: true } } });
