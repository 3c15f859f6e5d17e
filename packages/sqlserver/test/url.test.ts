import { expect, test } from 'vitest';
import { parseUrl } from '../src/connection/url.ts';

test('a URL says server, login, database and options', () => {
  const { config, settings, poolSize } = parseUrl(
    'sqlserver://us%40er:p%3Aw@db.example:1444/my%20db?encrypt=false&trustServerCertificate=true&timeout=500&table=Keys&poolSize=3',
  );
  expect(config).toMatchObject({
    server: 'db.example',
    authentication: { options: { userName: 'us@er', password: 'p:w' } },
    options: { port: 1444, database: 'my db', encrypt: false, trustServerCertificate: true },
  });
  expect(settings).toMatchObject({ table: 'Keys', timeout: 500 });
  expect(poolSize).toBe(3);
});

test('encryption is on, the certificate is checked and the port is 1433, unless it says otherwise', () => {
  const { config } = parseUrl('sqlserver://u:p@db.example/x');
  expect(config.options).toMatchObject({
    encrypt: true,
    trustServerCertificate: false,
    port: 1433,
  });
});

test.each([
  'mysql://u:secret@h/x',
  'sqlserver:///x',
  'sqlserver://u:secret@h/x?encrypt=yes',
  'sqlserver://u:secret@h/x?timeout=-1',
  'sqlserver://u:secret@h/x?nonsense=1',
  'sqlserver://u:secret%zz@h/x',
])('%s is refused, and the password is not repeated', (url) => {
  expect(() => parseUrl(url)).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
  expect(() => parseUrl(url)).not.toThrow(/secret/);
});
