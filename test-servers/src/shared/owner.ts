import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Who runs a server of the tests: PostgreSQL and PgBouncer refuse to run as root. */
export interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

const run = promisify(execFile);

/** `nobody`, where the tests run as root; else whoever runs them. */
export async function unprivileged(): Promise<Owner> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string): Promise<number> =>
    Number((await run('id', [flag, 'nobody'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
