import type { IncomingMessage } from 'node:http';

const PATIENT: unique symbol = Symbol('idem.http.patient-request');

interface Request extends IncomingMessage {
  [PATIENT]?: PatientRequest;
}

/**
 * Keeps a request that has come whole as it is while its answer is held. Node destroys it when the client
 * leaves and not all of it was read: its handler could read it no more, and its socket would be destroyed.
 */
export class PatientRequest {
  readonly #req: Request;
  readonly #destroy: IncomingMessage['destroy'];
  #missed: Error | undefined;

  constructor(req: Request) {
    this.#req = req;
    this.#destroy = req.destroy;
    req[PATIENT] = this;
    req.destroy = destroyPatiently;
  }

  destroy(error: Error | undefined): IncomingMessage {
    if (!this.#req.complete || !isLeaving(error)) return this.#destroy.call(this.#req, error);
    this.#missed = error;
    return this.#req;
  }

  /** What was kept from it happens now. */
  letGo(): void {
    this.#req.destroy = this.#destroy;
    if (this.#missed !== undefined) this.#req.destroy(this.#missed);
  }
}

/** The same for every request. */
function destroyPatiently(this: Request, error?: Error): never {
  const patient = this[PATIENT];
  if (patient === undefined) throw new TypeError('destroy of one request was called on another.');
  return patient.destroy(error) as never;
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
