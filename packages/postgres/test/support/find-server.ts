export {
  findPostgres as findServer,
  type NoServer,
  type PostgresServer as TestServer,
} from '@idem-workspace/test-servers/postgres';
