/** A server that outlives the mutants which are put to it, one at a time. */
export interface Server {
  /** What the harness is told of it: goes from process to process. */
  readonly address: unknown;
  /** Ends it without a word and starts it again on what it had stored. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** What a target's `server` module exports by default; undefined where the harness has to find one. */
export type StartServer = () => Promise<Server | undefined>;
