import { MSSQLServerContainer } from '@testcontainers/mssqlserver';
import { ask } from './ask.ts';
import type { Address, TestServer } from './server.ts';

const DATABASE = 'idem';

/** Which SQL Server, and how its database is set: `IDEM_TEST_SQLSERVER_IMAGE`, `_RCSI`, `_OPTIMIZED_LOCKING`. */
interface Settings {
  readonly image: string;
  readonly rowVersioning: boolean;
  readonly optimizedLocking: boolean;
}

function settings(): Settings {
  const { env } = process;
  return {
    image: env['IDEM_TEST_SQLSERVER_IMAGE'] ?? 'mcr.microsoft.com/mssql/server:2022-latest',
    rowVersioning: env['IDEM_TEST_SQLSERVER_RCSI'] === 'on',
    optimizedLocking: env['IDEM_TEST_SQLSERVER_OPTIMIZED_LOCKING'] === 'on',
  };
}

/** Starts a private SQL Server in Docker; testcontainers removes it when this process is gone. */
export async function startContainer(): Promise<TestServer> {
  const { image, rowVersioning, optimizedLocking } = settings();
  const container = await new MSSQLServerContainer(image).acceptLicense().start();
  const master: Address = {
    host: container.getHost(),
    port: container.getPort(),
    user: container.getUsername(),
    password: container.getPassword(),
    database: 'master',
    encrypt: true,
  };
  await ask(
    master,
    `CREATE DATABASE ${DATABASE}`,
    // What an application's SNAPSHOT transactions need.
    `ALTER DATABASE ${DATABASE} SET ALLOW_SNAPSHOT_ISOLATION ON`,
    `ALTER DATABASE ${DATABASE} SET READ_COMMITTED_SNAPSHOT ${rowVersioning ? 'ON' : 'OFF'} WITH ROLLBACK IMMEDIATE`,
    ...(optimizedLocking
      ? [
          `ALTER DATABASE ${DATABASE} SET ACCELERATED_DATABASE_RECOVERY = ON`,
          `ALTER DATABASE ${DATABASE} SET OPTIMIZED_LOCKING = ON`,
        ]
      : []),
  );
  const versioning = rowVersioning ? 'with' : 'without';
  return {
    ...master,
    description: `SQL Server in Docker (${image}), ${versioning} READ_COMMITTED_SNAPSHOT`,
    database: DATABASE,
    // A container that restarts gets another port, which clients that are open cannot know.
    restart: { absent: 'a container of testcontainers changes its port when it restarts' },
    stop: async () => {
      await container.stop();
    },
  };
}
