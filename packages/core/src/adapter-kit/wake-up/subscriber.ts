/** A connection of its own that listens to channels. It never connects again by itself. */
export interface Subscriber {
  /** Resolves when the backend has begun to send what is published. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  close(): void;
}

export interface SubscriberEvents {
  message(channel: string): void;
  /** Once, when the connection is gone. */
  end(): void;
}
