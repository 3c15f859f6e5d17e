import { type BrokenInMemory, broken, type StoreClass } from './kit/broken-store.ts';
import { type Claimed, type Completed, ReferenceStore, type Row } from './kit/reference-store.ts';

/** A store that makes something else of a duration. */
function lasting(duration: (milliseconds: number) => number): StoreClass {
  return class extends ReferenceStore {
    protected override endOf(milliseconds: number): number {
      return super.endOf(duration(milliseconds));
    }
  };
}

const uptime = (): number => Number(process.hrtime.bigint() / 1_000_000n);
const booted = Date.now() - uptime();

/** How wrong this process's clock is, in milliseconds: what a client adds that computes with it. */
function skew(): number {
  const wrong = Date.now() - booted - uptime();
  return Math.abs(wrong) < 60_000 ? 0 : wrong;
}

class UncancelledTimers extends ReferenceStore {
  protected override row(key: string): Row {
    const row = super.row(key);
    const ends = timers.get(row) ?? [];
    const due = ends.filter((end) => end <= this.now());
    if (due.length > 0) row.record = undefined;
    const pending = ends.filter((end) => !due.includes(end));
    if (row.record !== undefined && !pending.includes(row.record.end)) pending.push(row.record.end);
    timers.set(row, pending);
    return row;
  }
}
const timers = new WeakMap<Row, number[]>();

export const expiryMistakes: readonly BrokenInMemory[] = [
  broken(
    'hundredths-left',
    'Tells what is left of a lease in hundredths of a second, rounded down.',
    { 'expiry.what-is-left-is-never-nothing': /leaseRemaining by inspect: expected at least 1/ },
    class extends ReferenceStore {
      protected override remaining(record: Claimed): number {
        return Math.floor(super.remaining(record) / 10) * 10;
      }
    },
  ),
  broken(
    'end-included',
    'Judges a record live at the very end of its ttl or lease.',
    {
      'expiry.stored-ends-with-its-ttl': /at the end of the ttl: find: expected null/,
      'expiry.completed-ends-with-its-ttl': /at the end of the ttl: find: expected null/,
      'expiry.claim-ends-with-its-lease': /at the lease's end: expected acquired/,
      'complete.lapsed-is-false': /complete at the lease's end: expected false, saw true/,
      'renew.lapsed-is-false': /renew at the lease's end: expected false, saw true/,
      'release.lapsed-is-false': /release at the lease's end: expected false, saw true/,
      'expiry.expired-is-vacant-for-all': /complete: expected false, saw true/,
      'expiry.lapsed-is-vacant-for-all': /renew: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override isOver(record: Claimed | Completed): boolean {
        return this.now() > record.end;
      }
    },
  ),
  broken(
    'end-too-early',
    'Ends everything a millisecond early.',
    {
      'expiry.stored-ends-with-its-ttl': /just before the end of the ttl: expected 5 bytes/,
      'expiry.claim-ends-with-its-lease': /just before the lease's end: expected in-progress/,
      'complete.just-before-the-end-is-true': /just before the lease's end: expected true/,
      'renew.just-before-the-end-is-true': /just before the lease's end: expected true/,
    },
    lasting((milliseconds) => milliseconds - 1),
  ),
  broken(
    'seconds-rounded-up',
    'Rounds times up to whole seconds.',
    {
      'expiry.shortest': /after a ttl of 1 ms: expected null/,
      'expiry.stored-ends-with-its-ttl': /at the end of the ttl: find: expected null/,
    },
    lasting((milliseconds) => Math.ceil(milliseconds / 1_000) * 1_000),
  ),
  broken(
    'seconds-rounded-down',
    'Cuts times to whole seconds.',
    { 'expiry.completed-ends-with-its-ttl': /just before the end of the ttl: expected 5 bytes/ },
    lasting((milliseconds) => Math.floor(milliseconds / 1_000) * 1_000),
  ),
  broken(
    'ends-by-the-clients-clock',
    "Computes the end of a record from the client's clock.",
    {
      'expiry.clients-clock-fast': /at the ttl's end, with the wrong clock: expected null/,
      'expiry.clients-clock-slow': /find during the ttl, with the right clock: expected 5 bytes/,
    },
    class extends ReferenceStore {
      protected override endOf(duration: number): number {
        return super.endOf(duration) + skew();
      }
    },
  ),
  broken(
    'judges-by-the-clients-clock',
    "Compares the end of a record with the client's clock.",
    {
      'expiry.clients-clock-fast': /find during the ttl, with the wrong clock: expected 5 bytes/,
      'expiry.clients-clock-slow': /at the ttl's end, with the wrong clock: expected null/,
    },
    class extends ReferenceStore {
      protected override isOver(record: Claimed | Completed): boolean {
        return this.now() + skew() >= record.end;
      }
    },
  ),
  broken(
    'fences-by-the-clients-clock',
    "Makes the fence from the client's clock.",
    { 'expiry.clients-clock-and-fences': /the fences: expected each greater/ },
    class extends ReferenceStore {
      protected override nextFence(row: Row): number {
        const clock = Math.floor((this.now() + skew()) * 1_000);
        return skew() === 0 ? Math.max(clock, (row.fence % 1_000) + clock + 1) : clock;
      }
    },
  ),
  broken(
    'thirty-two-bits',
    'Keeps times in 32 bits.',
    { 'expiry.long-ttls-do-not-run-over': /with a ttl of 2147483648 ms: expected 5 bytes/ },
    lasting((milliseconds) => milliseconds | 0),
  ),
  broken(
    'thirty-days-at-most',
    'Cuts long times to thirty days in silence.',
    { 'expiry.long-ttl-is-not-cut': /last moment of 90 days: expected 5 bytes/ },
    lasting((milliseconds) => Math.min(milliseconds, 30 * 86_400_000)),
  ),
  broken(
    'uncancelled-timers',
    'Deletes by a timer for each write and does not cancel the old ones.',
    { 'expiry.old-end-does-not-end-new-record': /at the old record's end: find: expected 3 bytes/ },
    UncancelledTimers,
  ),
  broken(
    'sliding',
    'Lengthens the life of a record whenever it is read.',
    { 'find-store.reading-changes-nothing': /at the end of the ttl, after reading: expected null/ },
    class extends ReferenceStore {
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        const value = await super.doFind(key);
        const row = this.row(key);
        if (value !== null && row.record !== undefined) {
          row.record = { ...row.record, end: this.endOf(10_000) };
        }
        return value;
      }
    },
  ),
  broken(
    'sliding-on-claims',
    'Lengthens the life of a record whenever it is replayed.',
    { 'claim.asking-keeps-completed': /find at the end of the ttl: expected null/ },
    class extends ReferenceStore {
      protected override async doClaim(
        ...parts: Parameters<ReferenceStore['doClaim']>
      ): ReturnType<ReferenceStore['doClaim']> {
        const result = await super.doClaim(...parts);
        const row = this.row(parts[0]);
        if (result.outcome === 'completed' && row.record !== undefined) {
          row.record = { ...row.record, end: this.endOf(10_000) };
        }
        return result;
      }
    },
  ),
  broken(
    'ttl-kept',
    'Replaces a value and keeps the ttl that was there.',
    { 'find-store.store-replaces-ttl': /first ttl's end, find: expected 6 bytes/ },
    class extends ReferenceStore {
      protected override async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
        const old = this.live(this.row(key));
        await super.doStore(key, value, ttl);
        const row = this.row(key);
        if (old !== undefined && row.record !== undefined) {
          row.record = { ...row.record, end: old.end };
        }
      }
    },
  ),
  broken(
    'exists-until-swept',
    'Lets exists see expired records until something deletes them.',
    {
      'expiry.stored-ends-with-its-ttl': /at the end of the ttl: exists: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override async doExists(key: string): Promise<boolean> {
        await this.travel();
        return this.row(key).record?.state === 'completed';
      }
    },
  ),
  broken(
    'lock-as-long-as-the-result',
    'Gives the lock the life of a result, so that a crash wedges the key for a day.',
    {
      'expiry.claim-ends-with-its-lease': /at the lease's end: expected acquired, saw in-progress/,
    },
    class extends ReferenceStore {
      protected override begin(
        ...[row, token, , fingerprint]: Parameters<ReferenceStore['begin']>
      ): ReturnType<ReferenceStore['begin']> {
        return super.begin(row, token, 86_400_000, fingerprint);
      }
    },
  ),
];
