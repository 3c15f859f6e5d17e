import type { ClaimResult, Inspection } from '@idem/core';
import { type BrokenInMemory, broken } from './kit/broken-store.ts';
import type { Again, Begin, Inspect, Renew } from './kit/parts.ts';
import { type Claimed, type Completed, ReferenceStore, type Row } from './kit/reference-store.ts';

/** The fingerprint of each name's last claim that had one. */
const prints = new WeakMap<Row, string>();
/** When each name was first claimed. */
const firsts = new WeakMap<Row, number>();

/** Answers with more than `inspect` may tell. */
function telling(more: (row: Row) => object): typeof ReferenceStore {
  return class extends ReferenceStore {
    protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
      return { ...(await super.doInspect(...parts)), ...more(this.row(parts[0])) };
    }
  };
}

class LeftoverPrint extends ReferenceStore {
  protected override begin(...[row, token, lease, print]: Parameters<Begin>): ClaimResult {
    if (print !== null) prints.set(row, print);
    return super.begin(row, token, lease, print);
  }
  protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
    const seen = await super.doInspect(...parts);
    if (seen.state === 'vacant') return seen;
    return { ...seen, fingerprint: prints.get(this.row(parts[0])) ?? null };
  }
}

/** Mistakes of `inspect`. */
export const inspectMistakes: readonly BrokenInMemory[] = [
  broken(
    'takeover-of-whatever-was',
    'Says that a takeover is owed wherever nothing is.',
    {
      'inspect.untouched-is-vacant': /inspect: expected .*takeover: false.*, saw .*takeover: true/,
      'inspect.ended-owes-nothing': /after a release: expected .*takeover: false/,
      'inspect.takeover-is-told': /inspect after the release: expected .*takeover: false/,
      'inspect.expired-is-vacant': /at the ttl's end: expected .*takeover: false/,
    },
    class extends ReferenceStore {
      protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
        const seen = await super.doInspect(...parts);
        return seen.state === 'vacant' ? { ...seen, takeover: true } : seen;
      }
    },
  ),
  broken(
    'takeover-not-looked-for',
    'Says of a vacant key that nothing is owed, without looking.',
    { 'inspect.lapsed-owes-a-takeover': /at the lease's end: expected .*takeover: true/ },
    class extends ReferenceStore {
      protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
        const seen = await super.doInspect(...parts);
        return seen.state === 'vacant' ? { ...seen, takeover: false } : seen;
      }
    },
  ),
  broken(
    'takeover-not-told',
    'Forgets that the holder displaced a claim that had lapsed.',
    { 'inspect.takeover-is-told': /its takeover: expected true, saw false/ },
    class extends ReferenceStore {
      protected override heldBy(row: Row, record: Claimed): Inspection {
        return super.heldBy(row, { ...record, takeover: false });
      }
    },
  ),
  broken(
    'token-told',
    'Tells the token, with which anybody could complete.',
    { 'inspect.claimed-is-told': /beside the times: expected .*, saw .*token/ },
    telling((row) => (row.record?.state === 'claimed' ? { token: row.record.token } : {})),
  ),
  broken(
    'value-told',
    'Answers the whole record, with its value.',
    { 'inspect.completed-is-told': /inspect: expected .*, saw .*value/ },
    telling((row) => (row.record?.state === 'completed' ? { value: row.record.value } : {})),
  ),
  broken(
    'fingerprint-not-looked-for',
    'Leaves the fingerprint of a result out.',
    { 'inspect.completed-is-told': /expected .*of-the-holder.*, saw .*null/ },
    class extends ReferenceStore {
      protected override resultOf(record: Completed): Inspection {
        return super.resultOf({ ...record, fingerprint: null });
      }
    },
  ),
  broken(
    'print-of-whoever-was-there',
    'Tells the fingerprint that the row still holds, whoever left it there.',
    {
      'inspect.stored-has-no-fingerprint': /expected .*null.*, saw .*of-the-claim/,
      'inspect.next-holder-is-told': /its fingerprint: expected null, saw "of-the-first"/,
    },
    LeftoverPrint,
  ),
  broken(
    'looked-once',
    'Remembers in each client what it saw at first.',
    { 'inspect.every-client-sees-the-same': /inspect of the result: expected completed/ },
    class extends ReferenceStore {
      readonly #seen = new Map<string, Inspection>();
      protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
        const seen = this.#seen.get(parts[0]) ?? (await super.doInspect(...parts));
        this.#seen.set(parts[0], seen);
        return seen;
      }
    },
  ),
  broken(
    'looks-by-claiming',
    'Inspects by claiming, and gives back what it was given.',
    {
      'inspect.changes-nothing': /the holder's fence: expected/,
      'inspect.lapsed-owes-a-takeover': /inspect, again: expected .*takeover: true/,
    },
    class extends ReferenceStore {
      protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
        const seen = await super.doInspect(...parts);
        const row = this.row(parts[0]);
        row.fence = this.nextFence(row);
        if (seen.state === 'vacant') row.record = undefined;
        return seen;
      }
    },
  ),
  broken(
    'inspects-the-dead',
    'Tells of what stands there, whether or not it has ended.',
    {
      'inspect.lapsed-owes-a-takeover': /at the lease's end: expected .*vacant.*, saw .*claimed/,
      'inspect.expired-is-vacant': /at the ttl's end: expected .*vacant.*, saw .*completed/,
    },
    class extends ReferenceStore {
      protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
        await this.travel();
        const row = this.row(parts[0]);
        if (row.record === undefined) return { state: 'vacant', takeover: false };
        return row.record.state === 'claimed'
          ? this.heldBy(row, row.record)
          : this.resultOf(row.record);
      }
    },
  ),
  broken(
    'times-in-seconds',
    'Tells times as whole seconds of milliseconds.',
    {
      'inspect.lease-remaining-counts-down': /leaseRemaining .*: expected/,
      'inspect.ttl-remaining-counts-down': /ttlRemaining .*: expected/,
      'inspect.held-for-counts-from-the-claim': /heldFor .*: expected/,
    },
    class extends ReferenceStore {
      protected override heldBy(row: Row, record: Claimed): Inspection {
        const [heldFor, left] = [this.now() - record.since, this.remaining(record)];
        const seconds = { heldFor: coarse(heldFor), leaseRemaining: coarse(left) };
        return { ...super.heldBy(row, record), ...seconds };
      }
      protected override resultOf(record: Completed): Inspection {
        const ttlRemaining = coarse(record.end - this.now());
        return { state: 'completed', fingerprint: record.fingerprint, ttlRemaining };
      }
    },
  ),
  broken(
    'held-since-the-renewal',
    'Counts heldFor from the last renewal.',
    { 'inspect.held-for-counts-from-the-claim': /heldFor after a renewal: expected/ },
    class extends ReferenceStore {
      protected override async doRenew(...parts: Parameters<Renew>): Promise<boolean> {
        const renewed = await super.doRenew(...parts);
        const row = this.row(parts[0]);
        if (renewed && row.record?.state === 'claimed') {
          row.record = { ...row.record, since: this.now() };
        }
        return renewed;
      }
    },
  ),
  broken(
    'held-since-the-repetition',
    'Counts heldFor from the last time that the holder claimed.',
    { 'inspect.held-for-counts-from-the-claim': /heldFor after a repeated claim: expected/ },
    class extends ReferenceStore {
      protected override again(...[row, record, lease]: Parameters<Again>): ClaimResult {
        return super.again(row, { ...record, since: this.now() }, lease);
      }
    },
  ),
  broken(
    'held-since-ever',
    'Counts heldFor from when the row was made.',
    { 'inspect.held-for-begins-anew': /heldFor after a lapse: expected/ },
    class extends ReferenceStore {
      protected override heldBy(row: Row, record: Claimed): Inspection {
        const first = firsts.get(row) ?? record.since;
        return super.heldBy(row, { ...record, since: first });
      }
      protected override begin(...parts: Parameters<Begin>): ClaimResult {
        const [row] = parts;
        firsts.set(row, firsts.get(row) ?? this.now());
        return super.begin(...parts);
      }
    },
  ),
  broken(
    'looking-keeps-alive',
    'Lets what is inspected live on for as long again, as a cache does.',
    { 'inspect.does-not-touch-times': /find at the ttl's end: expected null/ },
    class extends ReferenceStore {
      protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
        const seen = await super.doInspect(...parts);
        const row = this.row(parts[0]);
        if (seen.state !== 'vacant' && row.record !== undefined) {
          row.record = { ...row.record, end: this.endOf(10_000) };
        }
        return seen;
      }
    },
  ),
  broken(
    'times-of-32-bits',
    'Tells times as a 32-bit number.',
    { 'inspect.long-times-are-told': /leaseRemaining: expected about 2147483648 ms/ },
    class extends ReferenceStore {
      protected override heldBy(row: Row, record: Claimed): Inspection {
        const seen = super.heldBy(row, record);
        return seen.state === 'claimed'
          ? { ...seen, leaseRemaining: seen.leaseRemaining | 0 }
          : seen;
      }
    },
  ),
];

function coarse(milliseconds: number): number {
  return Math.max(1, Math.floor(milliseconds / 1_000)) * 1_000;
}
