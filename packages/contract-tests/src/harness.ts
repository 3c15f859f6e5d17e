import type { IdempotencyStore } from '@idem/core';
import type { ApplicationTransactions } from './harness-transactions.ts';

/** Why an ability is not there; shown beside every rule that is skipped for it. */
export interface Absent {
  readonly absent: string;
}

/** Something the harness can do, or the reason why it cannot. */
export type Ability<T> = T | Absent;

/** What an adapter's author writes, so that the suite can reach the backend. */
export interface Harness {
  /** How reports name the store: `@idem/redis, three-master cluster`. */
  readonly name: string;
  /** Opens another client of the same backend. The suite closes it. */
  open(): Promise<IdempotencyStore>;
  /** Ends what the harness started. Called once, after the last rule. */
  close?(): Promise<void>;
  /** The backend's clock: to wait for, or to drive. */
  readonly clock: Ability<BackendClock>;
  /**
   * Ends the backend as a power failure does and starts it again on what it had stored by then;
   * resolves when it answers again, to how that was done. Not a shutdown: a backend that is asked
   * to stop writes down what it should have written before, and what it acknowledged too early.
   */
  readonly crash: Ability<() => Promise<Crashed>>;
  /** A connection that can be cut. */
  readonly faults: Ability<FaultyConnection>;
  /** Puts records there that the library did not write. */
  readonly plant: Ability<RecordPlanter>;
  /** Clients of the same backend in other processes. */
  readonly processes: Ability<ProcessClients>;
  /** Transactions of an application, in which the store writes its records. */
  readonly transactions: Ability<ApplicationTransactions>;
}

/**
 * How a backend was ended without a word: `killed`, every process of it at once, by a signal that it
 * cannot handle (SIGKILL, PostgreSQL's immediate mode); `copied`, another started on a copy of its
 * disk as that stood at one moment.
 */
export type Crashed = 'killed' | 'copied';

export type AbilityName = 'clock' | 'crash' | 'faults' | 'plant' | 'processes' | 'transactions';

/** The clock by which the backend judges expiry and leases. */
export interface BackendClock {
  /** True when `reach` moves the clock exactly there; false when it waits for a clock that runs. */
  readonly driven: boolean;
  /** Milliseconds since the epoch, by the backend; fractions where it has them. */
  now(): Promise<number>;
  /** Resolves when the backend's clock is at `instant` (driven: exactly) or past it. */
  reach(instant: number): Promise<void>;
}

/** A client behind a connection that the suite can break. */
export interface FaultyConnection {
  /** Opens a client that reaches the backend through the breakable connection. The suite closes it. */
  open(): Promise<IdempotencyStore>;
  /** The next request reaches the backend; its reply is lost and the connection cut. Later ones work again. */
  loseNextReply(): void;
  /** Cuts every connection and refuses new ones, until `restore`. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** A backend that is there and silent; absent for an adapter that sets no deadline of its own. */
  readonly hang: Ability<HangingBackend>;
}

/** A backend that takes requests and does not answer. */
export interface HangingBackend {
  /** Milliseconds within which every operation of the client that `open` gives has ended, retries included. */
  readonly deadline: number;
  /** From now on no byte passes, in either direction; connections stay open. */
  stall(): void;
  /** What was held back is delivered, and bytes pass again. */
  resume(): void;
}

/** Writes behind the library's back. */
export interface RecordPlanter {
  /** Stores something at this key, as a foreign program would: not a record of this library. */
  foreign(key: string): Promise<void>;
  /** Damages the record that is at this key, so that it can no longer be read whole. */
  damage(key: string): Promise<void>;
  /**
   * Damages one part of the record that is at this key, and nothing else: the `nth` of its fields,
   * columns or marks, which becomes what the library can never have written there. Answers which
   * that was, and null when the record has no such part: the parts are tried from 0 up to that.
   */
  readonly part: Ability<(key: string, nth: number) => Promise<DamagedPart | null>>;
}

/** What was damaged of a record. */
export interface DamagedPart {
  readonly name: string;
  /** True when only the value is wrong, so that an operation which does not read it need not notice. */
  readonly valueOnly: boolean;
}

/** How another process opens a client of the same backend. */
export interface ProcessClients {
  /** The URL of a module whose default export is `() => Promise<IdempotencyStore>`. */
  readonly module: string;
  /** Added to the environment of that process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Says that the harness lacks an ability, and why. */
export function absent(reason: string): Absent {
  return { absent: reason };
}

export function isAbsent<T>(ability: Ability<T>): ability is Absent {
  return typeof ability === 'object' && ability !== null && 'absent' in ability;
}

export const ABILITIES: readonly AbilityName[] = [
  'clock',
  'crash',
  'faults',
  'plant',
  'processes',
  'transactions',
];

/** What the harness says that it has not. */
export function lackingOf(harness: Harness): readonly AbilityName[] {
  return ABILITIES.filter((ability) => isAbsent(harness[ability]));
}
