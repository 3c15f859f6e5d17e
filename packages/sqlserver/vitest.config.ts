import { mergeConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

export default mergeConfig(shared, {
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // The contract waits for the server's clock most of the time; the other files run beside it.
    maxWorkers: 3,
  },
});
