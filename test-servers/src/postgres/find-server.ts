import { dockerAnswers } from '../shared/docker.ts';
import { postgresBinaries } from './binaries.ts';
import { PostgresCluster } from './cluster.ts';
import { startContainer } from './container.ts';

/** A PostgreSQL server that the tests may use, as a superuser. */
export interface PostgresServer {
  /** One line for the log: which of the possible servers this is. */
  readonly description: string;
  readonly url: string;
  /** Kills it and starts it again, keeping what it stored; or why that is not ours to do. */
  readonly restart: (() => Promise<void>) | { readonly absent: string };
  close(): Promise<void>;
}

export interface NoServer {
  readonly absent: string;
}

const NONE: NoServer = {
  absent:
    'no PostgreSQL: IDEM_TEST_POSTGRES_URL is not set, Docker does not answer, and neither /usr/lib/postgresql nor PATH has its binaries',
};

/** The server of the URL, one in Docker, or a private cluster; or why there is none. */
export async function findPostgres(): Promise<PostgresServer | NoServer> {
  const url = process.env['IDEM_TEST_POSTGRES_URL'];
  if (url !== undefined && url !== '') return serverAt(url);
  if (await dockerAnswers()) return startContainer();
  return (await ownCluster()) ?? NONE;
}

/** A server that is killed, paused or followed is always a private cluster. */
export async function ownPostgres(): Promise<PostgresCluster | NoServer> {
  if (postgresBinaries() !== undefined) return PostgresCluster.start();
  return { absent: 'no binaries of PostgreSQL: a server that is killed must be our own' };
}

async function ownCluster(): Promise<PostgresServer | undefined> {
  const binaries = postgresBinaries();
  if (binaries === undefined) return undefined;
  const cluster = await PostgresCluster.start();
  return {
    description: `a private cluster of PostgreSQL ${binaries.version} from ${binaries.folder}`,
    url: cluster.url,
    restart: () => cluster.restart(),
    close: () => cluster.close(),
  };
}

function serverAt(url: string): PostgresServer {
  return {
    description: `the server at ${new URL(url).host}, from IDEM_TEST_POSTGRES_URL`,
    url,
    restart: { absent: 'the server at IDEM_TEST_POSTGRES_URL is not ours to restart' },
    close: async () => {},
  };
}
