import { PostgreSqlContainer } from '@testcontainers/postgresql';
import type { PostgresServer } from './find-server.ts';

const IMAGE = process.env['IDEM_TEST_POSTGRES_IMAGE'] ?? 'postgres:18';

/** Starts a private PostgreSQL in Docker; testcontainers removes it when this process is gone. */
export async function startContainer(): Promise<PostgresServer> {
  const container = await new PostgreSqlContainer(IMAGE)
    // The module turns fsync off, for speed.
    .withCommand(['postgres', '-c', 'max_connections=200', '-c', 'max_prepared_transactions=20'])
    .start();
  return {
    description: `PostgreSQL in Docker (${IMAGE})`,
    url: container.getConnectionUri(),
    // A container that restarts gets another port, which clients that are open cannot know.
    restart: { absent: 'a container of testcontainers changes its port when it restarts' },
    close: async () => {
      await container.stop();
    },
  };
}
