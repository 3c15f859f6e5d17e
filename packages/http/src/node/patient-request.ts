import type { IncomingMessage } from 'node:http';

/**
 * Keeps a request that has come whole as it is while its answer is held. Node destroys it when the client
 * leaves and not all of it was read: its handler could read it no more, and its socket would be destroyed.
 */
export class PatientRequest {
  readonly #req: IncomingMessage;
  readonly #destroy: IncomingMessage['destroy'];
  #missed: Error | undefined;

  constructor(req: IncomingMessage) {
    this.#req = req;
    this.#destroy = req.destroy;
    req.destroy = (error) => {
      if (!req.complete || !isLeaving(error)) return this.#destroy.call(req, error);
      this.#missed = error;
      return req;
    };
  }

  /** What was kept from it happens now. */
  letGo(): void {
    this.#req.destroy = this.#destroy;
    if (this.#missed !== undefined) this.#req.destroy(this.#missed);
  }
}

/** What Node says when the client has left, and no handler does. */
export function isLeaving(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ECONNRESET' &&
    error.message === 'aborted'
  );
}
