import { SqlServerStore } from '@idem/sqlserver';
import { generate } from 'selfsigned';
import { expect, test } from 'vitest';
import { storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

const DAY = 86_400_000;

async function listening(name: string, notAfterDate: Date) {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    notBeforeDate: new Date(Date.now() - 2 * DAY),
    notAfterDate,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  const server = await ScriptedServer.listen({ answer: storeAnswer }, { identity: { key, cert } });
  const config = (options: object) => ({
    ...server.config,
    options: { ...server.config.options, encrypt: true, serverName: 'db.example', ...options },
  });
  return { server, cert, config };
}

const later = new Date(Date.now() + DAY);

test.each([
  ['of no known authority', 'db.example', later, false, 'trustServerCertificate'],
  ['that has expired', 'db.example', new Date(Date.now() - DAY), true, 'not valid now'],
  ['for another name', 'other.example', later, true, 'another name'],
])(
  'a certificate %s is final, after one handshake, and says what to do',
  async (_, name, end, known, message) => {
    const { server, cert, config } = await listening(name, end);
    await using _server = server;
    const authority = known ? { cryptoCredentialsDetails: { ca: cert } } : {};
    const connecting = SqlServerStore.connect(config(authority), { timeout: 60_000 });
    await expect(connecting).rejects.toMatchObject({
      code: 'IDEM_STORE_UNAVAILABLE',
      retryable: false,
      message: expect.stringContaining(message),
    });
    expect(server.connections).toBe(1);
  },
);

test('a certificate of a known authority, for that name, is taken', async () => {
  const { server, cert, config } = await listening('db.example', later);
  await using _server = server;
  const store = await SqlServerStore.connect(config({ cryptoCredentialsDetails: { ca: cert } }));
  await expect(store.exists('key')).resolves.toBe(false);
  await store.close();
});
