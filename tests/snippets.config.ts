import { mergeConfig } from 'vitest/config';
import { shared } from '../vitest.shared.ts';

/** How a snippet that is itself a vitest file is run by the snippet tests. */
export default mergeConfig(shared, {
  test: { include: ['.snippets/*.test.ts'], reporters: ['default'] },
});
