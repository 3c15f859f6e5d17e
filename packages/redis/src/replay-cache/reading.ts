import type { Connection } from '../driver/driver.ts';

/** Those who ask the server for a key at the same time. */
export interface Readers {
  count: number;
  /** True: the key may have changed since one of them asked. */
  isSpoiled: boolean;
}

/** What tells whether what comes from a connection may be kept. */
export interface Admission {
  /** Another number each time that nothing known before counts any more. */
  readonly epoch: number;
  admits(connection: Connection): boolean;
}

/** One question to the server whose answer may be kept. */
export class Reading {
  readonly readers: Readers;
  readonly #admission: Admission;
  #connection: Connection | undefined;
  #socket: unknown;
  #epoch = 0;
  #attempts = 0;
  #isAdmitted = false;
  #isOver = false;

  constructor(readers: Readers, admission: Admission) {
    this.readers = readers;
    this.#admission = admission;
  }

  /** To be called before each attempt is sent. */
  sentOn(connection: Connection): void {
    this.#attempts += 1;
    this.#isAdmitted = this.#admission.admits(connection);
    this.#connection = connection;
    this.#socket = connection.socket;
    this.#epoch = this.#admission.epoch;
  }

  /** What is answered later comes too late: nobody knows any more what changed meanwhile. */
  end(): void {
    this.#isOver = true;
  }

  /** True when nothing can have changed unheard since it was sent: what a second attempt is answered may be the first one's. */
  get mayBeKept(): boolean {
    return (
      this.#isAdmitted &&
      !this.#isOver &&
      this.#attempts === 1 &&
      !this.readers.isSpoiled &&
      this.#epoch === this.#admission.epoch &&
      this.#connection?.socket === this.#socket
    );
  }
}
