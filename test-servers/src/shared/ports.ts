import { createServer } from 'node:net';

/** The bus of a Cluster's node listens this far above its port. */
const BUS = 10_000;
/** Ports and buses alike below those that the system hands out to connections: 32,768 and up on Linux. */
const FIRST = 10_000;
const RANGE = 12_000;

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port on which nothing listens, nor on the one that a Cluster's bus would take. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * RANGE);
    if ((await isFree(port)) && (await isFree(port + BUS))) return port;
  }
}
