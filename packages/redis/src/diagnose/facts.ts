import type { Connection } from '../driver/driver.ts';

/** What a server says of itself. Null where it does not say. */
export interface Facts {
  readonly server: string;
  readonly version: string;
  /** `redis`, `valkey`, … by what it calls itself. */
  readonly product: string;
  readonly maxmemory: number;
  readonly policy: string | null;
  readonly appendOnly: boolean | null;
  readonly appendfsync: string | null;
  readonly save: string | null;
  readonly connectedReplicas: number;
  /** Milliseconds by which the server's clock is ahead, give or take half the round trip. */
  readonly clockAhead: number;
}

export async function readFacts(node: Connection): Promise<Facts> {
  const info = fields(String(await node.call('INFO')));
  const before = Date.now();
  const time = await node.call('TIME');
  const middle = (before + Date.now()) / 2;
  const [seconds, micros] = Array.isArray(time) ? time : [];
  const appendOnly = info.get('aof_enabled') ?? null;
  const valkey = info.get('valkey_version');
  return {
    server: node.address,
    version: valkey ?? info.get('redis_version') ?? '',
    product: info.get('server_name') ?? (valkey === undefined ? 'redis' : 'valkey'),
    maxmemory: Number(info.get('maxmemory') ?? 0),
    policy: info.get('maxmemory_policy') ?? (await setting(node, 'maxmemory-policy')),
    appendOnly: appendOnly === null ? null : appendOnly === '1',
    appendfsync: await setting(node, 'appendfsync'),
    save: await setting(node, 'save'),
    connectedReplicas: Number(info.get('connected_slaves') ?? 0),
    clockAhead: Number(seconds) * 1000 + Number(micros) / 1000 - middle,
  };
}

function fields(info: string): ReadonlyMap<string, string> {
  const lines = info.split('\r\n').filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** Managed servers forbid CONFIG; that is no reason to fail. */
async function setting(node: Connection, name: string): Promise<string | null> {
  try {
    const reply = await node.call('CONFIG', 'GET', name);
    if (Array.isArray(reply)) return reply.length < 2 ? null : String(reply[1]);
    if (typeof reply !== 'object' || reply === null) return null;
    const found = Object.entries(reply).find(([field]) => field === name);
    return found === undefined ? null : String(found[1]);
  } catch (error) {
    if (
      error instanceof Error &&
      /NOPERM|unknown (?:sub)?command|disabled|^ERR/i.test(error.message)
    ) {
      return null;
    }
    throw error;
  }
}
