import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultyConnection } from '@idem/contract-tests';
import {
  absent,
  type BackendClock,
  type Harness,
  isAbsent,
  type RecordPlanter,
} from '@idem/contract-tests';
import type { FaultProxy } from '@idem/contract-tests/faults';
import type { IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { type Cluster, Redis } from 'ioredis';
import { openWithNodeRedis } from './node-redis-store.ts';
import { PATIENT_TIMEOUT } from './patience.ts';
import { MAX_STALENESS, openSettling } from './settling-store.ts';

const PREFIX = 'idempotency:';

/** The time limit of the clients that a hanging server is shown to. */
export const TIMEOUT = 2_000;

export interface Backend {
  readonly name: string;
  readonly url: string;
  /** A client for the test itself: the clock, and records that the library did not write. */
  readonly admin: Redis | Cluster;
  readonly restart?: () => Promise<void>;
  /** A proxy before each server, and how a client gets through them. */
  readonly proxies: readonly FaultProxy[];
  openThroughProxies(client: ClientName): Promise<IdempotencyStore>;
  close(): Promise<void>;
}

export type ClientName = 'ioredis' | 'node-redis';

/** The same with a replay cache on every store: who plants a record waits until none answers another. */
export function replayingHarness(backend: Backend, client: ClientName = 'ioredis'): Harness {
  const harness = harnessFor(backend, client);
  const settled =
    <Args extends readonly unknown[], T>(plant: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      const planted = await plant(...args);
      await sleep(MAX_STALENESS);
      return planted;
    };
  const { foreign, damage, part } = planter(backend.admin);
  return {
    ...harness,
    name: `${harness.name}, with a replay cache`,
    open: () => openSettling(backend.url, client),
    plant: {
      foreign: settled(foreign),
      damage: settled(damage),
      part: isAbsent(part) ? part : settled(part),
    },
    processes: {
      module: new URL('./open-store.ts', import.meta.url).href,
      env: { ...processEnv(backend, client), IDEM_REDIS_STORE_REPLAYS: 'yes' },
    },
  };
}

function processEnv(backend: Backend, client: ClientName): Record<string, string> {
  return { IDEM_REDIS_STORE_URL: backend.url, IDEM_REDIS_STORE_CLIENT: client };
}

export function harnessFor(backend: Backend, client: ClientName = 'ioredis'): Harness {
  const ours = client === 'ioredis';
  return {
    name: `@idem/redis, ${backend.name}${ours ? '' : ', node-redis'}`,
    open: () => open(backend.url, client),
    clock: serverClock(backend.admin),
    crash: crash(backend),
    faults: faults(backend, client),
    plant: planter(backend.admin),
    processes: {
      module: new URL('./open-store.ts', import.meta.url).href,
      env: processEnv(backend, client),
    },
    transactions: absent('Redis has no transaction that can be rolled back'),
    close: () => backend.close(),
  };
}

/** Every server is killed, and started again on what stands in its files. */
function crash({ restart }: Backend): Harness['crash'] {
  if (restart === undefined) return absent('the server belongs to somebody else');
  return async () => {
    await restart();
    return 'killed';
  };
}

/** With wake-ups, so that the rules of watching are put to it. */
function open(url: string, client: ClientName): Promise<IdempotencyStore> {
  if (client === 'node-redis')
    return openWithNodeRedis(url, { wakeUp: true, timeout: PATIENT_TIMEOUT });
  return RedisStore.connect({ url, wakeUp: true, timeout: PATIENT_TIMEOUT });
}

function serverClock(admin: Redis | Cluster): BackendClock {
  const node = async (): Promise<Redis> => {
    if (admin instanceof Redis) return admin;
    // After a crash the client knows no master until it has heard from the cluster again.
    for (;;) {
      const [first] = admin.nodes('master');
      if (first !== undefined) return first;
      await sleep(20);
    }
  };
  const now = async (): Promise<number> => {
    const [seconds, micros] = await (await node()).time();
    return Number(seconds) * 1000 + Number(micros) / 1000;
  };
  return {
    driven: false,
    now,
    reach: async (instant) => {
      for (;;) {
        const left = instant - (await now());
        if (left <= 0) return;
        await sleep(Math.ceil(left));
      }
    },
  };
}

function planter(admin: Redis | Cluster): RecordPlanter {
  return {
    foreign: async (key) => {
      await admin.set(PREFIX + key, '{"status":201}', 'PX', 60_000);
    },
    damage: async (key) => {
      const record = await admin.getBuffer(PREFIX + key);
      if (record === null) throw new Error('there is no record to damage');
      await admin.set(PREFIX + key, record.subarray(0, -1), 'KEEPTTL');
    },
    part: async (key, nth) => {
      const record = await admin.getBuffer(PREFIX + key);
      if (record === null) throw new Error('there is no record to damage');
      const damaged = damagedPart(record, nth);
      if (damaged === null) return null;
      await admin.set(PREFIX + key, damaged.record, 'KEEPTTL');
      return { name: damaged.name, valueOnly: false };
    },
  };
}

/** What each part of a line is called, in its order. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  claimed: ['format', 'state', 'fence', 'takeover', 'token', 'fingerprint'],
  done: ['format', 'state', 'fence', 'token', 'fingerprint', 'length'],
};

/** The nth part of a record's line with another first letter, then what ends it. */
function damagedPart(record: Buffer, nth: number): { name: string; record: Buffer } | null {
  const end = record.indexOf('\n');
  const words = record.toString('latin1', 0, end).split(' ');
  const names = PARTS[words[1] ?? ''];
  if (names === undefined) throw new Error(`there is no claim and no result: ${words[1]}`);
  const parts = names.map((name, at) => {
    // No byte of a line may be one of these; in a fingerprint a # would be another one.
    const changed = words.with(at, `\u0001${words[at]?.slice(1)}`).join(' ');
    return {
      name,
      record: Buffer.concat([Buffer.from(changed, 'latin1'), record.subarray(end)]),
    };
  });
  const line = Buffer.from(record);
  line[end] = 0x20;
  const ends = [
    { name: 'line end', record: line },
    { name: 'length, one byte more', record: Buffer.concat([record, Buffer.of(0x61)]) },
    { name: 'length, one byte less', record: record.subarray(0, -1) },
  ];
  return [...parts, ...ends][nth] ?? null;
}

function faults({ proxies, openThroughProxies }: Backend, client: ClientName): FaultyConnection {
  return {
    open: () => openThroughProxies(client),
    loseNextReply: () => {
      for (const proxy of proxies) proxy.loseNextReply();
      if (proxies.length > 1) void disarmAfterOne(proxies);
    },
    cut: async () => {
      for (const proxy of proxies) proxy.cut();
    },
    restore: async () => {
      for (const proxy of proxies) proxy.restore();
    },
    hang: {
      deadline: TIMEOUT + 1_000,
      stall: () => {
        for (const proxy of proxies) proxy.stall();
      },
      resume: () => {
        for (const proxy of proxies) proxy.resume();
      },
    },
  };
}

/** One reply was asked to be lost, and nobody knows by which server it comes. */
async function disarmAfterOne(proxies: readonly FaultProxy[]): Promise<void> {
  const before = lostBy(proxies);
  while (lostBy(proxies) === before) await sleep(1, undefined, { ref: false });
  for (const proxy of proxies) proxy.restore();
}

function lostBy(proxies: readonly FaultProxy[]): number {
  return proxies.reduce((sum, proxy) => sum + proxy.lost, 0);
}
