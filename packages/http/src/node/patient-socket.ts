import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

const ENDS: ReadonlySet<unknown> = new Set(['close', 'error', 'end']);
const LISTENING: ReadonlySet<unknown> = new Set([
  ...['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'],
  ...['off', 'removeListener'],
]);

/**
 * The socket of a request as its handler sees it while its answer is held: one whose other end never
 * leaves. What sends files and pipes streams stops when it learns that the client is gone; then the
 * execution would have no end, and nothing to record. Once the answer is let go, it is told.
 */
export class PatientSocket {
  /** What stands in for the socket. */
  readonly view: Socket;
  readonly #socket: Socket;
  readonly #postpones: (destroy: () => void) => boolean;
  readonly #listeners = new EventEmitter();
  readonly #forwarded = new Set<string>();
  readonly #missed: (readonly [event: string, args: readonly unknown[]])[] = [];
  #isPatient = true;

  /** @param postpones told when the handler destroys the socket: true where somebody else does it later */
  constructor(socket: Socket, postpones: (destroy: () => void) => boolean) {
    this.#socket = socket;
    this.#postpones = postpones;
    this.view = new Proxy(socket, {
      get: (target, name) => this.#get(target, name),
      // Its own accessors want the socket itself.
      set: (target, name, value) => Reflect.set(target, name, value, target),
    });
  }

  /** From here it is as impatient as the socket: who listened hears what was missed. */
  letGo(): void {
    this.#isPatient = false;
    for (const [event, args] of this.#missed.splice(0)) this.#emit(event, args);
  }

  #get(socket: Socket, name: string | symbol): unknown {
    if (this.#isPatient) {
      if (name === 'writable' || name === 'readable') return true;
      if (name === 'destroyed' || name === 'closed') return false;
    }
    if (name === 'destroy') return (error?: Error) => this.#destroy(error);
    const value: unknown = Reflect.get(socket, name, socket);
    if (typeof value !== 'function') return value;
    if (!LISTENING.has(name)) return value.bind(socket);
    return (event: string, listener: unknown) => {
      const emitter = ENDS.has(event) ? this.#listeners : socket;
      if (emitter === this.#listeners) this.#forward(event);
      Reflect.apply(value, emitter, [event, listener]);
      return this.view;
    };
  }

  #destroy(error: Error | undefined): Socket {
    const destroy = (): void => void this.#socket.destroy(error);
    if (!this.#postpones(destroy)) destroy();
    return this.view;
  }

  #forward(event: string): void {
    if (this.#forwarded.has(event)) return;
    this.#forwarded.add(event);
    this.#socket.once(event, (...args: unknown[]) => {
      if (this.#isPatient) this.#missed.push([event, args]);
      else this.#emit(event, args);
    });
  }

  #emit(event: string, args: readonly unknown[]): void {
    // An error that nobody listens for is the socket's own affair.
    if (this.#listeners.listenerCount(event) > 0) this.#listeners.emit(event, ...args);
  }
}
