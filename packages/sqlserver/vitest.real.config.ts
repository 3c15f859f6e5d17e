import config from './vitest.config.ts';

/** What a real server is for, with what takes minutes: one file per point, and those of the default run that depend on the server's settings. */
export default {
  ...config,
  test: {
    ...config['test'],
    include: ['test/real/*.test.ts', 'test/{isolation,rights,upgrade,purge}.test.ts'],
    env: { IDEM_TEST_BUDGET: 'long' },
    maxWorkers: 1,
  },
};
