import { randomBytes } from 'node:crypto';

/** Names that no other call has, in any process. */
export class CallNames {
  readonly #store: string = randomBytes(12).toString('base64url');
  #last = 0;

  next(): string {
    this.#last += 1;
    return `${this.#store}.${this.#last}`;
  }
}
