import type { Target } from './targets.ts';

/** A server that outlives the mutants which are put to it, one at a time. */
export interface Server {
  /** What the harness is told of it: goes from process to process. */
  readonly address: unknown;
  /** Ends it without a word and starts it again on what it had stored. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** What a target's `server` module exports by default; undefined where the harness has to find one. */
export type StartServer = () => Promise<Server | undefined>;

/**
 * The servers of a target: as many as are in use at once, each handed on to the next mutant. Starting
 * one takes longer than most mutants live.
 */
export class Servers implements AsyncDisposable {
  readonly #start: StartServer;
  readonly #free: Server[] = [];
  readonly #all: Server[] = [];

  private constructor(start: StartServer) {
    this.#start = start;
  }

  static async of({ server }: Target): Promise<Servers> {
    if (server === undefined) return new Servers(async () => undefined);
    const module: { readonly default: StartServer } = await import(server);
    return new Servers(module.default);
  }

  /** Lends a server, or none where the target has none. */
  async with<T>(work: (server: Server | undefined) => Promise<T>): Promise<T> {
    const server = this.#free.pop() ?? (await this.#started());
    try {
      return await work(server);
    } finally {
      if (server !== undefined) this.#free.push(server);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((server) => server.close()));
  }

  async #started(): Promise<Server | undefined> {
    const server = await this.#start();
    if (server !== undefined) this.#all.push(server);
    return server;
  }
}
