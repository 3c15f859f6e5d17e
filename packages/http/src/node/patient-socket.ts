import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { isLeaving } from './patient-request.ts';

const ENDS: ReadonlySet<unknown> = new Set(['close', 'error', 'end']);
const LISTENING: ReadonlySet<unknown> = new Set([
  ...['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'],
  ...['off', 'removeListener'],
]);

/** Who is told when the handler destroys the socket: true where they do it later. */
export interface Postponing {
  postpones(destroy: () => void): boolean;
}

/**
 * The socket of a request as its handler sees it while its answer is held: one whose other end never
 * leaves. What sends files and pipes streams stops when it learns that the client is gone; then the
 * execution would have no end, and nothing to record. Once the answer is let go, it is told.
 */
export class PatientSocket implements ProxyHandler<Socket> {
  /** What stands in for the socket. */
  readonly view: Socket;
  readonly #socket: Socket;
  readonly #owner: Postponing;
  /** Who listens for the end, and how they are told: made for the first, since most handlers never do. */
  #listeners: EventEmitter | undefined;
  #forwarders: Map<string, (...args: unknown[]) => void> | undefined;
  #missed: Map<string, readonly unknown[]> | undefined;
  #isPatient = true;

  constructor(socket: Socket, owner: Postponing) {
    this.#socket = socket;
    this.#owner = owner;
    this.view = new Proxy(socket, this);
  }

  /**
   * From here it is as impatient as the socket: who listened hears what was missed, or listens there
   * for as long as the answer is under way. It listened for the end of its request; the connection goes
   * on to others.
   */
  letGo(answer: EventEmitter): void {
    this.#isPatient = false;
    const listeners = this.#listeners;
    if (listeners === undefined || this.#forwarders === undefined) return;
    for (const [event, forward] of this.#forwarders) {
      // The connection outlives the request: nothing of it may stay there.
      this.#socket.off(event, forward);
      const missed = this.#missed?.get(event);
      if (missed !== undefined && listeners.listenerCount(event) > 0) {
        listeners.emit(event, ...missed);
        continue;
      }
      for (const raw of listeners.rawListeners(event)) {
        const listener = raw as (...args: unknown[]) => void;
        this.#socket.on(event, listener);
        answer.once('close', () => this.#socket.off(event, listener));
      }
    }
  }

  /** Its own accessors want the socket itself. */
  set(socket: Socket, name: string | symbol, value: unknown): boolean {
    return Reflect.set(socket, name, value, socket);
  }

  get(socket: Socket, name: string | symbol): unknown {
    if (this.#isPatient) {
      if (name === 'writable' || name === 'readable') return true;
      if (name === 'destroyed' || name === 'closed') return false;
    }
    if (name === 'destroy') return (error?: Error) => this.#destroy(error);
    const value: unknown = Reflect.get(socket, name, socket);
    if (typeof value !== 'function') return value;
    if (!LISTENING.has(name)) return value.bind(socket);
    return (event: string, listener: unknown) => {
      const isHeld = this.#isPatient && ENDS.has(event);
      Reflect.apply(value, isHeld ? this.#listenersFor(event) : socket, [event, listener]);
      return this.view;
    };
  }

  #destroy(error: Error | undefined): Socket {
    // That is the request, which Node gives up since the client has left: no act of the handler.
    if (this.#isPatient && isLeaving(error)) return this.view;
    const destroy = (): void => void this.#socket.destroy(error);
    if (!this.#owner.postpones(destroy)) destroy();
    return this.view;
  }

  #listenersFor(event: string): EventEmitter {
    this.#listeners ??= new EventEmitter();
    this.#forwarders ??= new Map();
    if (!this.#forwarders.has(event)) {
      this.#missed ??= new Map();
      const missed = this.#missed;
      const forward = (...args: unknown[]): void => void missed.set(event, args);
      this.#forwarders.set(event, forward);
      this.#socket.on(event, forward);
    }
    return this.#listeners;
  }
}
