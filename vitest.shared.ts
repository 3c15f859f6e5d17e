import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { CountReporter } from './scripts/support/count-reporter.ts';

// Without 'import': Node.js would take it for what CommonJS requires too, such as pg of pg-pool.
const conditions = ['@idem/source', 'node', 'default'];

/** One test configuration for every package: sources, not builds, and a report that can be added up. */
export const shared: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new CountReporter(process.cwd())],
    passWithNoTests: false,
    // A worker that imports everything anew for each file spends more on that than on the tests.
    isolate: false,
    // Node itself runs the sources: it takes the types away faster than a bundler resolves and rewrites.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    execArgv: ['--conditions=@idem/source'],
    // What hangs must fail; how long the rest takes is the machine's affair.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
