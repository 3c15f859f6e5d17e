import { createReadStream } from 'node:fs';
import { glob } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SAYING = / # @([a-z]+ \d+ .*)$/;

/** What instrumented scripts have said so far in the logs of this process's Redis servers, each once. */
export async function sayingsIn(): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const path of glob(join(tmpdir(), 'idem-redis-*', 'log'))) {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const saying = SAYING.exec(line)?.[1];
      if (saying !== undefined) found.add(saying);
    }
  }
  return found;
}
