import config from './vitest.config.ts';

/** The contract once more, on a pool of mssql; too long for every run of the tests. */
export default { ...config, test: { ...config['test'], include: ['test/*.contract.ts'] } };
