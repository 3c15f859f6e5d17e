import type { Backend, Row } from '../kit/reference-store.ts';

/** A backend on which transactions lock rows, and keep what they write to themselves until they commit. */
export interface Shared extends Backend {
  readonly locks: Map<string, Transaction>;
  readonly effects: Set<string>;
}

/** A transaction of the application's. */
export class Transaction {
  /** Open; doomed by the server; ended, which the library that began it knows or does not. */
  state: 'open' | 'doomed' | 'ended' = 'open';
  /** What the library that began it takes it for. */
  known: 'open' | 'ended' = 'open';
  /** What it has written, or read to write. */
  rows: Map<string, Row> = new Map();
  /** Requests on its connection that the backend has not answered. */
  busy = 0;
  readonly effects: Set<string> = new Set();
  /** What is done once it is committed. */
  readonly onceCommitted: (() => void)[] = [];
  readonly began: number;
  /** The records as they were when it began, at a level that keeps to those. */
  readonly snapshot: ReadonlyMap<string, Row['record']> | undefined;
  readonly over: Promise<void>;
  protected readonly shared: Shared;
  #end: () => void = () => {};

  constructor(shared: Shared, level: string | undefined) {
    this.shared = shared;
    this.began = shared.now();
    if (level === 'snapshot') {
      this.snapshot = new Map([...shared.rows].map(([place, { record }]) => [place, record]));
    }
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Whether what is sent in it is carried out. */
  get usable(): boolean {
    return this.state === 'open';
  }

  commit(): void {
    this.known = 'ended';
    const open = this.state === 'open';
    if (open) {
      this.write();
      for (const effect of this.effects) this.shared.effects.add(effect);
    }
    this.end();
    if (open) for (const act of this.onceCommitted) act();
  }

  rollback(): void {
    if (this.busy > 0) throw new Error('the connection is busy with another request');
    this.known = 'ended';
    this.end();
  }

  doom(): void {
    this.state = 'doomed';
  }

  /** Ends it by a statement of its own. */
  endUnseen(): void {
    this.end();
  }

  savepoint(): () => void {
    const [kept, effects] = [copyOf(this.rows), [...this.effects]];
    return () => {
      this.rows = copyOf(kept);
      this.effects.clear();
      for (const effect of effects) this.effects.add(effect);
    };
  }

  protected write(): void {
    for (const [place, row] of this.rows) this.shared.rows.set(place, row);
  }

  protected end(): void {
    this.state = 'ended';
    for (const [place, owner] of this.shared.locks) {
      if (owner === this) this.shared.locks.delete(place);
    }
    this.#end();
  }
}

function copyOf(rows: ReadonlyMap<string, Row>): Map<string, Row> {
  return new Map([...rows].map(([place, row]) => [place, { ...row }]));
}
