import { channel, tracingChannel } from 'node:diagnostics_channel';
import type { LossReason } from './errors.ts';
import type { RunResult } from './idempotency.ts';

/**
 * What the executor publishes, by `node:diagnostics_channel` name. Every event has the `key` of the
 * record, scope included; times are in milliseconds, with fractions. Without a subscriber nothing
 * is made or published.
 */
export interface DiagnosticEvents {
  /** The store granted the claim, and the function is about to be called. */
  readonly 'idem:claimed': {
    readonly key: string;
    readonly fence: number;
    readonly takeover: boolean;
    /** How long the store took to answer. */
    readonly claimTime: number;
  };
  /** A result, or an error that is replayed, was recorded. */
  readonly 'idem:completed': {
    readonly key: string;
    readonly fence: number;
    readonly kind: 'value' | 'error';
    /** Size of the record. */
    readonly bytes: number;
    /** How long the function took. */
    readonly executionTime: number;
    /** How long recording took. */
    readonly completionTime: number;
  };
  /** A call got the recorded result, or the recorded error, without executing. */
  readonly 'idem:replayed': {
    readonly key: string;
    readonly kind: 'value' | 'error';
    /** How long the call took. */
    readonly time: number;
  };
  /** A call was refused: in progress elsewhere, or the key was used with another fingerprint. */
  readonly 'idem:conflicted':
    | { readonly key: string; readonly reason: 'in-progress'; readonly leaseRemaining: number }
    | { readonly key: string; readonly reason: 'key-reused' };
  /** The lease was lost: the result is not recorded by this execution. */
  readonly 'idem:lost': {
    readonly key: string;
    readonly fence: number;
    readonly reason: LossReason;
    /** How long since the function was called. */
    readonly executionTime: number;
  };
  /** The function of an execution that had lost its lease has ended; nobody gets what came of it. */
  readonly 'idem:overtaken': {
    readonly key: string;
    readonly fence: number;
    readonly executionTime: number;
  } & (
    | { readonly ended: 'returned'; readonly value: unknown }
    | { readonly ended: 'threw'; readonly error: unknown }
  );
  /**
   * Something threw: the function, a policy (`recordErrors`, `recordResult`), the store when it was
   * asked to claim, to record or to release, `begin` when its commit was under way or over.
   */
  readonly 'idem:failed': {
    readonly key: string;
    readonly stage: 'claim' | 'function' | 'policy' | 'complete' | 'commit' | 'release';
    readonly error: unknown;
  };
}

type Name = keyof DiagnosticEvents;

/** Ask whether somebody listens before an event is made: `if (claimed.hasSubscribers) claimed.publish(…)`. */
interface EventChannel<N extends Name> {
  readonly hasSubscribers: boolean;
  publish(event: DiagnosticEvents[N]): void;
}

function eventChannel<N extends Name>(name: N): EventChannel<N> {
  return channel(name);
}

export const claimed: EventChannel<'idem:claimed'> = eventChannel('idem:claimed');
export const completed: EventChannel<'idem:completed'> = eventChannel('idem:completed');
export const replayed: EventChannel<'idem:replayed'> = eventChannel('idem:replayed');
export const conflicted: EventChannel<'idem:conflicted'> = eventChannel('idem:conflicted');
export const lost: EventChannel<'idem:lost'> = eventChannel('idem:lost');
export const overtaken: EventChannel<'idem:overtaken'> = eventChannel('idem:overtaken');
export const failed: EventChannel<'idem:failed'> = eventChannel('idem:failed');

/**
 * The context of `tracingChannel('idem:run')`: one trace for each call of `run`, `runInTransaction`
 * and wrapped functions, from its start to its settling. `result` is there at the end of a call that
 * resolved (its `RunResult`), `error` at that of one that rejected (Node.js: TracingChannel).
 */
export interface RunTrace {
  /** The key of the record, scope included. */
  readonly key: string;
  readonly result?: RunResult<unknown>;
  readonly error?: unknown;
}

/** Of Node's TracingChannel what is used here: declarations name nothing of Node, which users may not have the types of. */
interface RunChannel {
  readonly hasSubscribers: boolean;
  tracePromise<T>(run: () => Promise<T>, trace: RunTrace): Promise<T>;
}

export const runs: RunChannel = tracingChannel<'idem:run', RunTrace>('idem:run');
