import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** One test configuration for every package: sources, not builds, and a report that can be counted. */
export const shared: ViteUserConfig = defineConfig({
  resolve: { conditions: ['@idem/source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['@idem/source', 'node', 'import', 'default'] } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: '.test-report.json' },
    passWithNoTests: false,
  },
});
