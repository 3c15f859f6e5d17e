import { attempt } from './attempt.ts';
import type { Task } from './child/messages.ts';
import type { Servers } from './server.ts';

/**
 * What the store without a mistake keeps, asked rule by rule as they catch mutants, for a server that is
 * too slow to be asked for the whole contract first. A rule that it breaks here is not put to a mutant.
 */
export class Soundness {
  readonly #servers: Servers;
  readonly #known = new Map<string, Promise<boolean>>();
  readonly #broken = new Set<string>();

  constructor(servers: Servers) {
    this.#servers = servers;
  }

  get broken(): readonly string[] {
    return [...this.#broken];
  }

  /** That the whole contract was put to it, and kept. */
  proved(ids: readonly string[]): void {
    for (const id of ids) this.#known.set(id, Promise.resolve(true));
  }

  /** Whether the store keeps this rule. */
  async keeps(id: string, task: Task): Promise<boolean> {
    // No rule, but the loading of the text, or the end of the process.
    if (!id.includes('.')) return true;
    let known = this.#known.get(id);
    if (known === undefined) {
      known = this.#ask(id, task);
      this.#known.set(id, known);
    }
    const keeps = await known;
    if (!keeps) this.#broken.add(id);
    return keeps;
  }

  async #ask(id: string, task: Task): Promise<boolean> {
    const { kind } = await this.#servers.with(({ server }) =>
      attempt({ ...task, only: [id], without: [], patience: undefined }, undefined, server),
    );
    return kind === 'survived';
  }
}
