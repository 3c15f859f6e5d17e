import type { RunContext, RunOptions, RunResult } from '@idem/core';
import type { Core } from '../../story/host.ts';
import type { Order } from '../plan.ts';

/** A private server, as the process that started it sees it. */
export interface Backend {
  readonly description: string;
  readonly host: string;
  readonly port: number;
  readonly withTransactions: boolean;
  /** Milliseconds: what a claim takes at the slowest, and not much more. */
  readonly leases: readonly [number, ...number[]];
  /** Stories that are under way at the same time. */
  readonly storiesAtOnce: number;
  /** Milliseconds from one fault to the next, at most. */
  readonly faultsEvery: number;
  /** What another process needs to open a client through this host and port. */
  clientOf(address: { readonly host: string; readonly port: number }): ClientOptions;
  /** Executions of the story whose effects were committed, one entry for each effect. */
  effectsOf(story: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export type ClientOptions =
  | { readonly kind: 'redis'; readonly url: string; readonly wakeUp: boolean }
  | {
      readonly kind: 'sqlserver';
      readonly address: Address;
      readonly table: string;
    };

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly encrypt: boolean;
}

/** Called for each execution; `effect` does, in the transaction if there is one, what must happen once. */
export type Fn = (context: RunContext, effect: (id: string) => Promise<void>) => Promise<unknown>;

/** The executors of one process, on one store. */
export interface Client {
  /** Makes the server do once what it does slowly the first time. */
  warmUp(): Promise<void>;
  remove(key: string): Promise<void>;
  run(order: Order, fn: Fn, options: RunOptions): Promise<RunResult<unknown>>;
  close(): Promise<void>;
}

/** What a client is made with besides its server. */
export interface Setting {
  readonly core: Core;
  /** The answer to the next request of this process is lost. */
  loseNextReply(): Promise<void>;
}
