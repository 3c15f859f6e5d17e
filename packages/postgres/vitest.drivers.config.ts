import config from './vitest.config.ts';

/** The contract on the other drivers; too long for every run of the tests. */
export default { ...config, test: { ...config['test'], include: ['test/*.contract.ts'] } };
