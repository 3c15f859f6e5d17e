import type { Connection } from '../driver/driver.ts';

/** What a server says of itself. Null where it does not say. */
export interface Facts {
  readonly server: string;
  /** Null where INFO is not permitted: hardly anything else is known then. */
  readonly version: string | null;
  /** `redis`, `valkey`, … by what it calls itself. */
  readonly product: string;
  /** Its master's address, where it is a replica. */
  readonly replicaOf: string | null;
  readonly maxmemory: number;
  readonly policy: string | null;
  readonly appendOnly: boolean | null;
  readonly appendfsync: string | null;
  /** True: nothing is written to disk while the log is rewritten. */
  readonly pausesFsync: boolean | null;
  readonly save: string | null;
  /** Replicas that receive what is written. */
  readonly replicas: number;
  /** `min-replicas-to-write`. */
  readonly replicasToWrite: number | null;
  /** Milliseconds by which the server's clock is ahead, give or take half the round trip. */
  readonly clockAhead: number;
}

export async function readFacts(node: Connection): Promise<Facts> {
  const info = fields(await permitted(node.call('INFO')));
  const before = Date.now();
  const time = await node.call('TIME');
  const middle = (before + Date.now()) / 2;
  const [seconds, micros] = Array.isArray(time) ? time : [];
  const appendOnly = info.get('aof_enabled') ?? (await setting(node, 'appendonly'));
  const valkey = info.get('valkey_version');
  const pauses = await setting(node, 'no-appendfsync-on-rewrite');
  const toWrite = await setting(node, 'min-replicas-to-write');
  return {
    server: node.address,
    version: valkey ?? info.get('redis_version') ?? null,
    product: info.get('server_name') ?? (valkey === undefined ? 'redis' : 'valkey'),
    replicaOf:
      info.get('role') === 'slave' ? `${info.get('master_host')}:${info.get('master_port')}` : null,
    maxmemory: Number(info.get('maxmemory') ?? 0),
    policy: info.get('maxmemory_policy') ?? (await setting(node, 'maxmemory-policy')),
    appendOnly: appendOnly === null ? null : /^(?:1|yes)$/.test(appendOnly),
    appendfsync: await setting(node, 'appendfsync'),
    pausesFsync: pauses === null ? null : pauses === 'yes',
    save: await setting(node, 'save'),
    replicas: [...info].filter(([name, value]) => /^slave\d+$/.test(name) && isOnline(value))
      .length,
    replicasToWrite: toWrite === null ? null : Number(toWrite),
    clockAhead: Number(seconds) * 1000 + Number(micros) / 1000 - middle,
  };
}

function isOnline(replica: string): boolean {
  return /(?:^|,)state=online(?:,|$)/.test(replica);
}

/** The reply; null when the user may not ask, which is no reason to fail. */
async function permitted(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply;
  } catch (error) {
    const forbidden = /NOPERM|unknown (?:sub)?command|disabled|^ERR/i;
    if (error instanceof Error && forbidden.test(error.message)) return null;
    throw error;
  }
}

function fields(info: unknown): ReadonlyMap<string, string> {
  const lines = typeof info === 'string' ? info.split('\r\n') : [];
  return new Map(
    lines
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** Managed servers forbid CONFIG. */
async function setting(node: Connection, name: string): Promise<string | null> {
  const reply = await permitted(node.call('CONFIG', 'GET', name));
  if (Array.isArray(reply)) return reply.length < 2 ? null : String(reply[1]);
  if (typeof reply !== 'object' || reply === null) return null;
  const found = Object.entries(reply).find(([field]) => field === name);
  return found === undefined ? null : String(found[1]);
}
