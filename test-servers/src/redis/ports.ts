import { createServer } from 'node:net';

/** The bus of a Cluster's node listens this far above its port. */
const BUS = 10_000;
const FIRST = 20_000;
const RANGE = 30_000;

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
    if (port + BUS < 65_536 && (await isFree(port)) && (await isFree(port + BUS))) return port;
  }
}
