import { connect, type Socket } from 'node:net';

export interface LinkEvents {
  /** Asked when a request comes: is its reply to be lost? */
  losesReply(): boolean;
  /** A reply was lost. */
  lost(): void;
  ended(): void;
}

/** One client's connection through the proxy, and its own to the backend. */
export class Link {
  readonly #client: Socket;
  readonly #backend: Socket;
  readonly #events: LinkEvents;
  #losing = false;
  #stalled = false;

  constructor(
    client: Socket,
    backend: { readonly host: string; readonly port: number },
    events: LinkEvents,
  ) {
    this.#client = client;
    this.#backend = connect({ ...backend, noDelay: true });
    this.#events = events;
    client.on('data', (request) => this.#request(request));
    this.#backend.on('data', (reply) => this.#reply(reply));
    this.#backend.on('error', () => this.destroy());
    // 'close' follows, and ends the other side.
    client.on('error', () => {});
    // Ended and not destroyed: what the client sent before it went still reaches the backend.
    client.on('close', () => this.#backend.end());
    this.#backend.on('close', () => {
      client.destroy();
      events.ended();
    });
  }

  stall(): void {
    this.#stalled = true;
    this.#client.pause();
    this.#backend.pause();
  }

  resume(): void {
    this.#stalled = false;
    this.#client.resume();
    this.#backend.resume();
  }

  destroy(): void {
    this.#client.resetAndDestroy();
    this.#backend.destroy();
  }

  #request(request: Buffer): void {
    this.#losing ||= this.#events.losesReply();
    this.#pass(request, this.#client, this.#backend);
  }

  #reply(reply: Buffer): void {
    if (!this.#losing) this.#pass(reply, this.#backend, this.#client);
    else if (!this.#client.destroyed) this.#lose();
  }

  #pass(bytes: Buffer, from: Socket, to: Socket): void {
    if (to.destroyed || to.write(bytes)) return;
    from.pause();
    to.once('drain', () => {
      if (!this.#stalled) from.resume();
    });
  }

  /**
   * The backend's side is ended and not reset: a reset could overtake the request where this reply
   * belonged to an earlier one on the same connection, and the backend would never have read it.
   */
  #lose(): void {
    this.#events.lost();
    this.#client.resetAndDestroy();
  }
}
