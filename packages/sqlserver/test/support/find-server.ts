export { findServer, type NoServer } from '@idem-workspace/test-servers/sqlserver';
