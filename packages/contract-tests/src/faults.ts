/** A TCP proxy that loses replies, cuts and stalls connections, and what a harness makes of it. */

export { type FaultyOptions, faultyConnection } from './faults/faulty-connection.ts';
export { FaultProxy, type FaultProxyOptions } from './faults/proxy.ts';
