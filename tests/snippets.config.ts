import { defineConfig } from 'vitest/config';
import { shared } from '../vitest.shared.ts';

/** How a snippet that is itself a vitest file is run by the snippet tests: it must not report for the package. */
export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ['*.test.ts'], reporters: ['default'] },
});
