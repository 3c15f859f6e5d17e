/** A TDS server for tests and benchmarks: whichever there is, and how to reach it. */

export { isBabelfish } from './sqlserver/ask.ts';
export { configOf } from './sqlserver/config.ts';
export { findServer, type NoServer } from './sqlserver/find-server.ts';
export { type Address, type TestServer, type UrlOptions, urlOf } from './sqlserver/server.ts';
