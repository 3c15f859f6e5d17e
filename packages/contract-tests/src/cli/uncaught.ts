import { seen } from '../engine/seen.ts';
import { blame, rulesUnderWay } from '../engine/under-way.ts';

const NOBODYS = 'while no rule was under way';

function after(id: string): string {
  const others = rulesUnderWay();
  const beside = others.length === 0 ? '' : ` (under way: ${others.join(', ')})`;
  return `from what ${id} had begun, after its verdict${beside}`;
}

/**
 * Keeps an adapter that throws where nobody listens from ending the run: the error is put to the
 * account of the rules under way, or of the run when there are none, or the rule was over already.
 */
export class Uncaught implements Disposable {
  readonly #errors: string[] = [];
  readonly #listener = (error: unknown): void => {
    const account = blame(error);
    if (account.of === 'rules') return;
    this.add(account.after === undefined ? NOBODYS : after(account.after), error);
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
