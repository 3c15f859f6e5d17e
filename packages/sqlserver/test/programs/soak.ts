/** Two processes with 32 claimants each on four keys: `soak [seconds]`, 60 by default. */
import { findServer } from '../support/find-server.ts';
import { urlOf } from '../support/server.ts';
import { soak } from '../support/soak.ts';
import { makeTable } from '../support/table-on.ts';

const seconds = Number(process.argv[2] ?? 60);
const server = await findServer();
if ('absent' in server) {
  console.log(`not run: ${server.absent}`);
} else {
  const made = makeTable(server);
  await (await made.open()).ensureSchema();
  console.log(`${server.description}: 2 processes, 64 claimants, ${seconds} s`);
  const url = urlOf(server, made.table, { timeout: 60_000, poolSize: 8 });
  const { operations, holdings, errors } = await soak(url, seconds);
  for (const error of errors) console.log(error);
  console.log(`${operations} operations, ${holdings.length} holdings, ${errors.length} wrong`);
  await made.drop();
  await server.stop();
  process.exitCode = errors.length === 0 ? 0 : 1;
}
