import config from './vitest.config.ts';

/** The contract on node-redis against Sentinel and a Cluster too; too long for every run of the tests. */
export default { ...config, test: { ...config['test'], include: ['test/*.contract.ts'] } };
