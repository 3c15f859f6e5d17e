/** What `fetch` takes first: a URL or a Request. */
export type FetchInput = Parameters<typeof fetch>[0];

/** What `fetch` takes second. */
export type FetchInit = NonNullable<Parameters<typeof fetch>[1]>;

/** The options of one call; each that is there counts instead of the client's own. */
export interface SendOptions {
  /**
   * The idempotency key of this intention. Keep it where the intention is kept, and a request that is
   * repeated after a restart is still the same one. Default: a new random one (UUID version 4).
   * Present but undefined is refused: each call would be an intention of its own.
   */
  readonly key?: string;
  /** Milliseconds. */
  readonly deadline?: number;
  /** Milliseconds. */
  readonly attemptTimeout?: number;
  readonly maxAttempts?: number;
}

export interface IdempotentFetchOptions {
  /** What sends. Default: the global `fetch`, looked up at each call. */
  readonly fetch?: typeof fetch;
  /** How long a call may take, pauses and all attempts included, in milliseconds. Default 60,000. */
  readonly deadline?: number;
  /** How long one attempt may take, in milliseconds. Default 20,000. */
  readonly attemptTimeout?: number;
  /** How often a request is sent at most. Default: as often as the deadline allows. */
  readonly maxAttempts?: number;
  /** The first pause, in milliseconds; each further one is twice as long. A random half of it is taken away. Default 200. */
  readonly minDelay?: number;
  /** The longest pause, in milliseconds; what `Retry-After` asks for comes on top. Default 5,000. */
  readonly maxDelay?: number;
  /**
   * `'whole'` (default): the call resolves when the answer's body is there, up to 1 MiB of it, so that an
   * answer which breaks off is asked for again. `'stream'`: it resolves with the head, as `fetch` does.
   * A `text/event-stream` is never waited for.
   */
  readonly answer?: 'whole' | 'stream';
  /** The header that carries the key. Default `Idempotency-Key`. */
  readonly keyHeader?: string;
  /**
   * Whether the key is sent as a Structured Field String, in quotes, as the standard has it. Default
   * true. False for servers that want it bare.
   */
  readonly quoted?: boolean;
  /** The header that says `true` on a replay. Default `Idempotency-Replayed`. */
  readonly replayedHeader?: string;
  /** Told of each attempt that is going to be repeated. What it throws ends the call. */
  readonly onRetry?: (retry: Retry) => void;
}

/** Why a request is sent again, and when. */
export type Retry = {
  /** Undefined where the method needs none. */
  readonly key: string | undefined;
  /** The number of the attempt that failed: 1, 2, … */
  readonly attempt: number;
  /** Milliseconds until the next one. */
  readonly delay: number;
} & (
  | { readonly reason: 'answer'; readonly status: number }
  | { readonly reason: 'error'; readonly error: unknown }
);

export interface FetchResult {
  readonly response: Response;
  /** True when the server says that this answer is the recorded one of an earlier request. */
  readonly replayed: boolean;
  /** The idempotency key; undefined where the method needs none. */
  readonly key: string | undefined;
  /** How often the request was sent. */
  readonly attempts: number;
}

/** A `fetch` that asks until it has the answer, under one idempotency key a call. */
export interface IdempotentFetch {
  (input: FetchInput, init?: FetchInit, options?: SendOptions): Promise<Response>;
  /** The same, and tells a replay from a first answer. */
  run(input: FetchInput, init?: FetchInit, options?: SendOptions): Promise<FetchResult>;
}
