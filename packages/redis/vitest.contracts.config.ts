import config from './vitest.config.ts';

/** Every rule on every way to a server; too long for every run of the tests, which puts those that can differ. */
export default { ...config, test: { ...config['test'], include: ['test/*.contract.ts'] } };
