import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A CA of our own, a certificate for the name `localhost` and for no address, and one for clients. */
export interface TlsFiles {
  /** Options of redis-server, which asks its clients for a certificate. */
  readonly server: readonly string[];
  /** What a client needs, its own certificate included. */
  readonly client: { readonly ca: string; readonly cert: string; readonly key: string };
  close(): Promise<void>;
}

/** Made with openssl, each time anew, so that no private key is in the repository. */
export async function makeTlsFiles(): Promise<TlsFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-tls-'));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): Promise<unknown> =>
    run('openssl', [...args], { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
  const days = ['-days', '2'];
  await openssl(
    ...['req', '-x509', ...key, ...days, '-subj', '/CN=Test CA'],
    ...['-keyout', 'ca.key', '-out', 'ca.crt'],
  );
  await writeFile(at('names'), 'subjectAltName=DNS:localhost');
  for (const name of ['localhost', 'client']) {
    const request = ['-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`];
    await openssl('req', ...key, ...request);
    await openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key'],
      ...['-CAcreateserial', ...days, '-extfile', 'names', '-out', `${name}.crt`],
    );
  }
  const [ca, cert, clientKey] = await Promise.all(
    ['ca.crt', 'client.crt', 'client.key'].map((name) => readFile(at(name), 'utf8')),
  );
  return {
    server: [
      ...['--tls-cert-file', at('localhost.crt'), '--tls-key-file', at('localhost.key')],
      ...['--tls-ca-cert-file', at('ca.crt'), '--tls-replication', 'yes', '--tls-cluster', 'yes'],
    ],
    client: { ca: ca ?? '', cert: cert ?? '', key: clientKey ?? '' },
    close: () => rm(folder, { recursive: true }),
  };
}
