import { type Attempts, attemptsOn } from './attempt.ts';
import type { Server, StartServer } from './server.ts';
import type { Target } from './targets.ts';

/** A server, or none where the target has none, and the process that puts mutants to it. */
interface Place {
  readonly server: Server | undefined;
  readonly attempts: Attempts;
}

/**
 * The servers of a target and the processes beside them: as many as are in use at once, each handed on
 * to the next mutant. Starting one takes longer than most mutants live.
 */
export class Places implements AsyncDisposable {
  readonly #start: StartServer;
  readonly #free: Place[] = [];
  readonly #all: Place[] = [];

  private constructor(start: StartServer) {
    this.#start = start;
  }

  static async of({ server }: Target): Promise<Places> {
    if (server === undefined) return new Places(async () => undefined);
    const module: { readonly default: StartServer } = await import(server);
    return new Places(module.default);
  }

  /** Lends a place. */
  async with<T>(work: (attempts: Attempts) => Promise<T>): Promise<T> {
    const place = this.#free.pop() ?? (await this.#started());
    try {
      return await work(place.attempts);
    } finally {
      this.#free.push(place);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#all.map(async ({ server, attempts }) => {
        attempts.end();
        await server?.close();
      }),
    );
  }

  async #started(): Promise<Place> {
    const server = await this.#start();
    const place = { server, attempts: attemptsOn(server) };
    this.#all.push(place);
    return place;
  }
}
