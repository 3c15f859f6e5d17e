import { describe, expect, test } from 'vitest';
import { parseUrl } from '../src/url.ts';

const serverOf = (url: string): unknown => parseUrl(url).server;

describe('the URL of a Redis store', () => {
  test('one server', () => {
    expect(serverOf('redis://host')).toEqual({
      kind: 'redis',
      options: { host: 'host', port: 6379, db: 0 },
    });
    expect(serverOf('rediss://user:p%40ss@[::1]:7000/3')).toEqual({
      kind: 'redis',
      options: { host: '::1', port: 7000, db: 3, username: 'user', password: 'p@ss', tls: {} },
    });
  });

  test('Sentinel', () => {
    expect(serverOf('redis+sentinel://:pw@h1,h2:26380/main/1?sentinelPassword=sp')).toEqual({
      kind: 'redis',
      options: {
        sentinels: [
          { host: 'h1', port: 26379 },
          { host: 'h2', port: 26380 },
        ],
        name: 'main',
        db: 1,
        password: 'pw',
        sentinelPassword: 'sp',
      },
    });
  });

  test('Cluster', () => {
    expect(serverOf('REDISS+Cluster://h1:7000,h2:7001')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'h1', port: 7000 },
        { host: 'h2', port: 7001 },
      ],
      options: { tls: {} },
    });
  });

  test('settings of the store', () => {
    const { settings } = parseUrl(
      'redis://h?prefix=a%3A&timeout=900&replicas=2&replicaTimeout=300',
    );
    expect(settings).toEqual({
      prefix: 'a:',
      timeout: 900,
      replicas: { count: 2, timeout: 300 },
    });
  });

  test.each([
    ['http://user:secret@host'],
    ['redis://user:secret@'],
    ['redis://user:secret@h1,h2'],
    ['redis://user:secret@host/zero'],
    ['redis://user:secret@host:port'],
    ['redis://user:secret%@host'],
    ['redis+sentinel://user:secret@host'],
    ['redis+cluster://user:secret@host/0'],
    ['redis://user:secret@host?colour=red'],
    ['redis://user:secret@host?timeout=soon'],
  ])('%s is refused, without showing the password', (url) => {
    const refused = (): unknown => parseUrl(url);
    expect(refused).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
    expect(refused).not.toThrow(/secret/);
  });
});
