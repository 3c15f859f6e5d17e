import { seen } from '../engine/seen.ts';
import { blame } from '../engine/under-way.ts';

/**
 * Keeps an adapter that throws where nobody listens from ending the run: the error is put to the
 * account of the rules under way, or of the run when there are none.
 */
export class Uncaught implements Disposable {
  readonly #errors: string[] = [];
  readonly #listener = (error: unknown): void => {
    if (blame(error).length === 0) this.add('while no rule was under way', error);
  };

  constructor() {
    process.on('uncaughtException', this.#listener);
    process.on('unhandledRejection', this.#listener);
  }

  get errors(): readonly string[] {
    return this.#errors;
  }

  add(when: string, error: unknown): void {
    this.#errors.push(`${when}, ${seen(error)}`);
  }

  [Symbol.dispose](): void {
    process.off('uncaughtException', this.#listener);
    process.off('unhandledRejection', this.#listener);
  }
}
