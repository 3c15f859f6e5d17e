import { serverErrors } from '../faults/server-errors.ts';

/** A connection of tedious, which tells the errors that the server sends. */
export interface LoginSource {
  on(event: 'errorMessage', listener: (message: { readonly number: number }) => void): unknown;
  off(event: 'errorMessage', listener: (message: { readonly number: number }) => void): unknown;
}

/**
 * The numbers of the errors by which the server refused a login. tedious makes its own error of their
 * text alone (its Login7TokenHandler), and the numbers are only in the events.
 */
export class LoginErrors {
  readonly #connection: LoginSource;
  readonly #numbers: number[] = [];
  readonly #note = ({ number }: { readonly number: number }): void => {
    this.#numbers.push(number);
  };

  constructor(connection: LoginSource) {
    this.#connection = connection;
    connection.on('errorMessage', this.#note);
  }

  /** The login is over. */
  stop(): void {
    this.#connection.off('errorMessage', this.#note);
  }

  /**
   * The error with the number that explains it: the first that was decided, since what follows a
   * database that cannot be opened (4060) is a login that failed for that reason (18456). tedious
   * itself tries some again, so only the last try counts.
   */
  numbered(error: unknown): unknown {
    if (!(error instanceof Error) || 'number' in error) return error;
    const number = this.#numbers.find((known) => serverErrors.has(known)) ?? this.#numbers[0];
    return number === undefined ? error : Object.assign(error, { number });
  }
}
