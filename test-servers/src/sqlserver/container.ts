import { MSSQLServerContainer } from '@testcontainers/mssqlserver';
import type { TestServer } from './server.ts';

const IMAGE = 'mcr.microsoft.com/mssql/server:2022-latest';

/** Starts a private SQL Server in Docker; testcontainers removes it when this process is gone. */
export async function startContainer(): Promise<TestServer> {
  const container = await new MSSQLServerContainer(IMAGE).acceptLicense().start();
  return {
    description: `SQL Server in Docker (${IMAGE})`,
    host: container.getHost(),
    port: container.getPort(),
    user: container.getUsername(),
    password: container.getPassword(),
    database: container.getDatabase(),
    encrypt: true,
    // A container that restarts gets another port, which clients that are open cannot know.
    restart: { absent: 'a container of testcontainers changes its port when it restarts' },
    stop: async () => {
      await container.stop();
    },
  };
}
