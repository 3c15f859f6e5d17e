export { configOf } from '@idem-workspace/test-servers/sqlserver';
