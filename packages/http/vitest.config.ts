import type { ViteUserConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

// Without `import`: Node would take it for what the frameworks' CommonJS requires, too.
const conditions = ['@idem/source', 'node', 'default'];

/** Other versions and platforms of the same bindings; with the long budget, every night. */
const nightly = process.env['IDEM_TEST_BUDGET'] === 'long' ? ['test/*.nightly.ts'] : [];

const config: ViteUserConfig = {
  ...shared,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { ...shared.test, include: ['test/**/*.test.ts', ...nightly] },
};

export default config;
