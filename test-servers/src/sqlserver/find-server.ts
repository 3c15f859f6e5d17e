import { dockerAnswers } from '../shared/docker.ts';
import { babelfishHome, startBabelfish } from './babelfish.ts';
import { startContainer } from './container.ts';
import type { TestServer } from './server.ts';

export interface NoServer {
  readonly absent: string;
}

const NONE: NoServer = {
  absent:
    'no SQL Server: IDEM_TEST_SQLSERVER_URL is not set, Docker does not answer, and there is no Babelfish under BABELFISH_HOME',
};

/** The server of the tests, by the order that the README gives. */
export async function findServer(): Promise<TestServer | NoServer> {
  const url = process.env['IDEM_TEST_SQLSERVER_URL'];
  if (url !== undefined && url !== '') return serverAt(new URL(url));
  if (await dockerAnswers()) return startContainer();
  const home = babelfishHome();
  return home === undefined ? NONE : startBabelfish(home);
}

function serverAt(url: URL): TestServer {
  return {
    description: `the server at ${url.host}, from IDEM_TEST_SQLSERVER_URL`,
    host: url.hostname,
    port: url.port === '' ? 1433 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'master',
    encrypt: url.searchParams.get('encrypt') !== 'false',
    restart: { absent: 'the server at IDEM_TEST_SQLSERVER_URL is not ours to restart' },
    stop: async () => {},
  };
}
