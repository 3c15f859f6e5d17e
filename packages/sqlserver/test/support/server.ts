export {
  type Address,
  type TestServer,
  type UrlOptions,
  urlOf,
} from '@idem-workspace/test-servers/sqlserver';
