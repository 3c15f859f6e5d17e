import { refuse } from '@idem/core/adapter';

/** As ioredis reads them: a number, or its digits. */
function isWhole(value: unknown, least: number, most: number): boolean {
  if (typeof value === 'string') return /^\d{1,5}$/.test(value) && isWhole(+value, least, most);
  return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
}

function checkPort(value: unknown, name: string): void {
  if (value === undefined || isWhole(value, 1, 65_535)) return;
  refuse('IDEM_INVALID_OPTIONS', value, 'a whole number from 1 to 65535', `option ${name}`);
}

function checkText(value: unknown, name: string): void {
  if (value === undefined || value === null || (typeof value === 'string' && value !== '')) return;
  refuse('IDEM_INVALID_OPTIONS', value, 'a string that is not empty', `option ${name}`);
}

function checkAddress(address: object, name: string): void {
  checkText(Reflect.get(address, 'host'), `${name}.host`);
  checkPort(Reflect.get(address, 'port'), `${name}.port`);
}

/**
 * Refuses, with `IDEM_INVALID_OPTIONS`, options of ioredis that name no place: it would find out
 * when it connects, and try again for the whole timeout.
 */
export function checkServer(redis: object): void {
  checkAddress(redis, 'redis');
  checkText(Reflect.get(redis, 'path'), 'redis.path');
  checkText(Reflect.get(redis, 'name'), 'redis.name');
  const db: unknown = Reflect.get(redis, 'db');
  if (db !== undefined && !isWhole(db, 0, 99_999)) {
    refuse('IDEM_INVALID_OPTIONS', db, 'a whole number, 0 or more', 'option redis.db');
  }
  const sentinels: unknown = Reflect.get(redis, 'sentinels');
  if (sentinels === undefined || sentinels === null) return;
  if (!Array.isArray(sentinels) || sentinels.length === 0) {
    const what = 'a list of addresses';
    refuse('IDEM_INVALID_OPTIONS', sentinels, what, 'option redis.sentinels');
  }
  sentinels.forEach((sentinel: unknown, i) => {
    if (typeof sentinel !== 'object' || sentinel === null) {
      const name = `option redis.sentinels[${i}]`;
      refuse('IDEM_INVALID_OPTIONS', sentinel, 'an object { host, port }', name);
    }
    checkAddress(sentinel, `redis.sentinels[${i}]`);
  });
  const name: unknown = Reflect.get(redis, 'name');
  if (name === undefined || name === null) {
    refuse(
      'IDEM_INVALID_OPTIONS',
      name,
      "the master's name, as sentinels are given",
      'option redis.name',
    );
  }
}

/** The same for the nodes of a Cluster: a port, a URL, or an object. */
export function checkNodes(nodes: unknown): void {
  if (!Array.isArray(nodes) || nodes.length === 0) {
    refuse('IDEM_INVALID_OPTIONS', nodes, 'a list of addresses', 'option cluster.nodes');
  }
  nodes.forEach((node: unknown, i) => {
    const name = `cluster.nodes[${i}]`;
    if (typeof node === 'object' && node !== null) checkAddress(node, name);
    else if (typeof node === 'string') checkText(node, name);
    else if (typeof node === 'number') checkPort(node, name);
    else {
      const what = 'a port, a URL or an object { host, port }';
      refuse('IDEM_INVALID_OPTIONS', node, what, `option ${name}`);
    }
  });
}
