import { createServer, type Server } from 'node:net';

/*
 * Ports, their locks and their buses, all below those that the system hands out to connections
 * (32,768 and up on Linux), and apart from one another.
 */
const FIRST = 10_000;
const RANGE = 5_000;
/** Who holds the port this far above has the port. */
const LOCK = 5_000;
/** The bus of a Redis Cluster's node listens this far above its port. */
const BUS = 10_000;

/**
 * A port on which nothing listens, nor on the one that a Cluster's bus would take, and that nobody
 * else is given as long as this process lives: between the moment when a port is found free and the
 * moment when its server listens, and while a server is down, another process would take it, and
 * answer in that server's place.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * RANGE);
    const lock = await listen(port + LOCK);
    if (lock === undefined) continue;
    if ((await isFree(port)) && (await isFree(port + BUS))) {
      lock.unref();
      return port;
    }
    lock.close();
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === undefined) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
