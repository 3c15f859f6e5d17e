import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type OpenedClient, openClient } from '../src/connect.ts';
import { rejection } from './support/expect-code.ts';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import { freePort } from './support/ports.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const LEASE = 60_000;
/** Longer than a test may take: what waits for it does not pass. */
const LONG = 120_000;
const value = Buffer.from('result');

describeWithServers('faults of one server', () => {
  let server: RedisProcess;
  let opened: OpenedClient;
  let store: RedisStore;
  /** On the same connection, for what shall end by its deadline. */
  let hasty: RedisStore;

  beforeAll(async () => {
    server = await RedisProcess.start();
    opened = await openClient({ url: server.url, timeout: PATIENT_TIMEOUT });
    const { client } = opened;
    store = new RedisStore({ client, timeout: PATIENT_TIMEOUT });
    hasty = new RedisStore({ client, timeout: 500 });
  });
  afterAll(async () => {
    await opened.close();
    await server.close();
  });
  afterEach(async () => {
    await server.admin.config('SET', 'maxmemory', '0');
    await server.admin.replicaof('NO', 'ONE');
  });

  test('scripts that the server has forgotten are sent again with their text', async () => {
    await store.store('key', value, LEASE);
    await server.admin.script('FLUSH');
    expect(await store.find('key')).toEqual(new Uint8Array(value));
    await server.admin.script('FLUSH');
    const claim = { token: createToken(), lease: LEASE };
    const many = Array.from({ length: 20 }, (_, i) => store.claim(`flushed ${i}`, claim));
    for (const { outcome } of await Promise.all(many)) expect(outcome).toBe('acquired');
  });

  test('nothing listens: connect says so within its timeout', async () => {
    const url = `redis://:secret-word@127.0.0.1:${await freePort()}?timeout=300`;
    const error = await rejection(RedisStore.connect(url), 'IDEM_STORE_UNAVAILABLE');
    expect(error.retryable).toBe(true);
    expect(error.message).toMatch(/ECONNREFUSED/);
    expect(error.message).not.toMatch(/secret-word/);
  });

  test('a server that stopped answering ends each operation within the timeout, and works again', async () => {
    const pid = await server.pid();
    process.kill(pid, 'SIGSTOP');
    try {
      const started = performance.now();
      const error = await rejection(hasty.find('key'), 'IDEM_STORE_TIMEOUT');
      expect(error.retryable).toBe(true);
      expect(performance.now() - started).toBeGreaterThanOrEqual(490);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await store.store('key', value, LEASE);
    expect(await store.exists('key')).toBe(true);
  });

  test('a server that became a replica is tried again, and then reported with what to do', async () => {
    await server.admin.replicaof('127.0.0.1', await freePort());
    const token = createToken();
    const { client } = opened;
    // Long enough for one refusal at least, which is what is reported in the end.
    const tried = new RedisStore({ client, timeout: 2_000 });
    const refusal = async (): Promise<string> => {
      const claim = tried.claim('readonly', { token, lease: LEASE });
      const error = await rejection(claim, 'IDEM_STORE_UNAVAILABLE');
      expect(error.retryable).toBe(true);
      return error.message;
    };
    // On a busy machine a claim's last word may be that the client is connecting anew.
    await expect.poll(refusal).toMatch(/master/);
    const late = store.claim('readonly', { token, lease: LEASE });
    await server.admin.replicaof('NO', 'ONE');
    expect((await late).outcome).toBe('acquired');
  });

  test('a server that is full refuses new claims and keeps its word to those it admitted', async () => {
    const [token, other] = [createToken(), createToken()];
    await store.claim('admitted', { token, lease: LEASE });
    await store.claim('released', { token: other, lease: LEASE });
    await store.store('removed', value, LEASE);
    await server.admin.config('SET', 'maxmemory', '1');
    const claim = store.claim('one more', { token, lease: LEASE });
    const error = await rejection(claim, 'IDEM_STORE_FULL');
    expect(error.message).toMatch(/maxmemory/);
    await rejection(store.store('stored', value, LEASE), 'IDEM_STORE_FULL');
    expect(await store.renew('admitted', token, LEASE)).toBe(true);
    expect(await store.complete('admitted', token, value, LEASE)).toBe(true);
    expect(await store.release('released', other)).toBe(true);
    await store.remove('removed');
    await server.admin.config('SET', 'maxmemory', '0');
    expect(await store.find('removed')).toBeNull();
    expect(await store.find('admitted')).toEqual(new Uint8Array(value));
    const ends = await server.admin.pttl('idempotency:admitted');
    expect(ends).toBeGreaterThan(0);
    expect(ends).toBeLessThanOrEqual(LEASE);
    const next = await store.claim('released', { token, lease: LEASE });
    expect(next).toMatchObject({ outcome: 'acquired', takeover: false });
  });

  test('a busy server is waited for', async () => {
    const pid = await server.pid();
    process.kill(pid, 'SIGSTOP');
    setTimeout(() => process.kill(pid, 'SIGCONT'), 200);
    expect(await store.exists('nothing')).toBe(false);
  });

  test('without permission: reported with what is missing, and not as something that passes', async () => {
    await server.admin.call('ACL', 'SETUSER', 'weak', 'on', '>pw', '~*', '+info', '+ping');
    const client = new Redis({ port: server.port, username: 'weak', password: 'pw', protocol: 2 });
    client.on('error', () => {});
    const limited = new RedisStore({ client });
    const error = await rejection(limited.find('key'), 'IDEM_STORE_FAILED');
    expect(error.retryable).toBe(false);
    expect(error.message).toMatch(/\+evalsha/);
    client.disconnect();
  });

  test('without permission to read or write records: they stay as they are', async () => {
    const token = createToken();
    await store.store('kept', value, LEASE);
    await store.claim('held', { token, lease: LEASE });
    await server.admin.call('ACL', 'SETUSER', 'blind', 'on', '>pw', '~*', '+@all', '-getrange');
    await server.admin.call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~*', '+@all', '-set');
    const as = (username: string): Redis =>
      new Redis({ port: server.port, username, password: 'pw' });
    const [blind, reader] = [as('blind'), as('reader')];
    const removed = new RedisStore({ client: blind }).remove('kept');
    const { message } = await rejection(removed, 'IDEM_STORE_FAILED');
    expect(message).toMatch(/getrange/i);
    expect(await store.find('kept')).toEqual(new Uint8Array(value));
    const completed = new RedisStore({ client: reader }).complete('held', token, value, LEASE);
    await rejection(completed, 'IDEM_STORE_FAILED');
    // Of a claim, longer than a result would be kept.
    expect(await server.admin.pttl('idempotency:held')).toBeGreaterThan(2 * LEASE);
    blind.disconnect();
    reader.disconnect();
  });

  test('a client that has ended is not waited for', async () => {
    const client = new Redis({ port: server.port });
    await client.quit();
    const ended = new RedisStore({ client, timeout: LONG });
    const error = await rejection(ended.find('key'), 'IDEM_STORE_UNAVAILABLE');
    expect(error.retryable).toBe(false);
  });

  test('the cause of an error does not carry the value', async () => {
    await server.admin.config('SET', 'maxmemory', '1');
    const stored = store.store('stored', Buffer.from('card number'), LEASE);
    const { cause } = await rejection(stored, 'IDEM_STORE_FULL');
    expect(cause).toBeInstanceOf(Error);
    expect(cause).not.toHaveProperty('command');
  });
});
