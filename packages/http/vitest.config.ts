import { mergeConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

const long = process.env['IDEM_TEST_BUDGET'] === 'long';

/** With the long budget, every night: other versions and platforms of the same bindings, by vi.mock. */
const nightly = { include: ['test/*.nightly.ts'], experimental: { viteModuleRunner: true } };

export default mergeConfig(shared, { test: long ? nightly : {} });
