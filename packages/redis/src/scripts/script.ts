import { createHash } from 'node:crypto';

/** A Lua script and the name by which the server remembers it (EVALSHA). */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

export function script(text: string): Script {
  const source = text.trim();
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
