import type { ClaimResult } from '@idem/core';
import { type BrokenInMemory, broken } from './kit/broken-store.ts';
import type { Begin, Complete, Finish, Release, Renew } from './kit/parts.ts';
import { ReferenceStore, type Row } from './kit/reference-store.ts';

/** When each claim began. */
const begun = new WeakMap<Row, number>();

export const completeMistakes: readonly BrokenInMemory[] = [
  broken(
    'completion-lost',
    'Answers true and records nothing.',
    {
      'complete.own-claim-is-recorded': /after it: find: expected 6 bytes .*saw null/,
      'complete.other-token-on-completed-is-false': /after it: find: expected 6 bytes/,
    },
    class extends ReferenceStore {
      protected override finish(): void {}
    },
  ),
  broken(
    'completes-without-token',
    'Completes whatever is there, for whoever asks.',
    {
      'complete.never-claimed-is-false': /of a vacant key: expected false, saw true/,
      'complete.other-token-is-false': /by another token: expected false, saw true/,
      'complete.on-stored-is-false': /of a stored record: expected false, saw true/,
      'complete.other-token-on-completed-is-false': /by another token: expected false, saw true/,
      'complete.after-release-is-false': /complete after release: expected false, saw true/,
      'complete.after-remove-is-false': /complete after remove: expected false, saw true/,
      'complete.late-owner-does-not-overwrite': /earlier holder: expected false, saw true/,
      'complete.lapsed-is-false': /at the lease's end: expected false, saw true/,
      'claim.late-holder-cannot-touch-takeover': /complete by the lapsed token: expected false/,
      'remove.voids-claim': /complete by the void claim: expected false, saw true/,
      'remove.completed-becomes-vacant': /of the removed record: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
        const [key, token, value, ttl] = parts;
        await this.travel();
        const row = this.row(key);
        const claim = { state: 'claimed', token, takeover: false, since: 0, end: 0 } as const;
        this.finish(row, { ...claim, fingerprint: row.record?.fingerprint ?? null }, value, ttl);
        return true;
      }
    },
  ),
  broken(
    'tokens-without-case',
    'Compares tokens by a collation that ignores case.',
    {
      'complete.token-is-compared-exactly': /token in the other case: expected false, saw true/,
      'release.token-is-compared-exactly': /token in the other case: expected false, saw true/,
      'renew.token-is-compared-exactly': /token in the other case: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override isToken(held: string | null, token: string): boolean {
        return held?.toLowerCase() === token.toLowerCase();
      }
    },
  ),
  broken(
    'already-completed-is-fine',
    'Takes it for success when somebody else has completed.',
    {
      'complete.other-token-on-completed-is-false': /by another token: expected false, saw true/,
      'complete.on-stored-is-false': /of a stored record: expected false, saw true/,
      'find-store.store-has-no-token': /that store replaced: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
        if (this.live(this.row(parts[0]))?.state === 'completed') return true;
        return super.doComplete(...parts);
      }
    },
  ),
  broken(
    'ttl-from-the-claim',
    'Lets the ttl of a result run from the claim.',
    { 'complete.ttl-counts-from-completion': /one ttl after the claim: expected 6 bytes/ },
    class extends ReferenceStore {
      protected override begin(...[row, ...rest]: Parameters<Begin>): ClaimResult {
        begun.set(row, this.now());
        return super.begin(row, ...rest);
      }
      protected override finish(...[row, record, value, ttl]: Parameters<Finish>): void {
        super.finish(row, record, value, ttl - (this.now() - (begun.get(row) ?? this.now())));
      }
    },
  ),
  broken(
    'result-ends-with-the-lease',
    'Leaves the lease as the life of the result.',
    { 'complete.outlives-the-lease': /after the lease's end: find: expected 6 bytes .*saw null/ },
    class extends ReferenceStore {
      protected override finish(...[row, record, value]: Parameters<Finish>): void {
        super.finish(row, record, value, record.end - this.now());
      }
    },
  ),
  broken(
    'result-outlives-its-ttl',
    'Keeps a result for as long as the lease would have held.',
    {
      'complete.ttl-may-be-shorter-than-the-lease': /at the ttl's end: find: expected null/,
      'complete.after-expiry-is-false': /after the record expired: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override finish(...[row, record, value, ttl]: Parameters<Finish>): void {
        super.finish(row, record, value, Math.max(ttl, record.end - this.now()));
      }
    },
  ),
];

export const releaseMistakes: readonly BrokenInMemory[] = [
  broken(
    'release-does-nothing',
    'Answers true to a release and leaves the claim to lapse.',
    { 'release.own-claim-becomes-vacant': /after it: a claim: expected acquired, saw in-progress/ },
    class extends ReferenceStore {
      protected override async doRelease(...[key, token]: Parameters<Release>): Promise<boolean> {
        await this.travel();
        return this.held(this.row(key), token) !== undefined;
      }
    },
  ),
  broken(
    'unconditional-release',
    'Releases by deleting the key, whoever holds it.',
    {
      'release.never-claimed-is-false': /release of a vacant key: expected false, saw true/,
      'release.other-token-is-false': /after it: expected the holder's claim/,
      'release.completed-is-false': /by the token that completed: expected false, saw true/,
      'release.stored-is-false': /release: expected false, saw true/,
      'release.lapsed-is-false': /at the lease's end: expected false, saw true/,
      'release.earlier-holder-does-not-release-next': /after it: expected the holder's claim/,
      'release.token-is-compared-exactly': /after them: expected the holder's claim/,
      'concurrency.release-and-complete': /of both: expected exactly one true/,
    },
    class extends ReferenceStore {
      protected override async doRelease(key: string): Promise<boolean> {
        await this.travel();
        this.row(key).record = undefined;
        return true;
      }
    },
  ),
  broken(
    'fingerprint-left-behind',
    'Leaves the fingerprint in the row for a next holder that gives none.',
    { 'release.forgets-fingerprint': /expected the holder's claim .*null, saw .*of-the-first/ },
    class extends ReferenceStore {
      readonly #prints = new WeakMap<Row, string>();
      protected override begin(...[row, token, lease, print]: Parameters<Begin>): ClaimResult {
        if (print !== null) this.#prints.set(row, print);
        return super.begin(row, token, lease, print ?? this.#prints.get(row) ?? null);
      }
    },
  ),
];

export const renewMistakes: readonly BrokenInMemory[] = [
  broken(
    'renew-answers-nothing',
    'Renews and answers false.',
    {
      'renew.own-claim-is-true': /renew: expected true, saw false/,
      'repetition.renew-is-true-again': /the repeated renew: expected true, saw false/,
    },
    class extends ReferenceStore {
      protected override async doRenew(...parts: Parameters<Renew>): Promise<boolean> {
        await super.doRenew(...parts);
        return false;
      }
    },
  ),
  broken(
    'lease-added',
    'Adds the new lease to what was left of the old one.',
    {
      'renew.restarts-the-lease': /one new lease after renew: expected acquired, saw in-progress/,
      'renew.may-shorten': /after the shorter lease: expected acquired, saw in-progress/,
    },
    class extends ReferenceStore {
      protected override async doRenew(
        ...[key, token, lease]: Parameters<Renew>
      ): Promise<boolean> {
        await this.travel();
        const row = this.row(key);
        const record = this.held(row, token);
        if (record !== undefined) row.record = { ...record, end: record.end + lease };
        return record !== undefined;
      }
    },
  ),
  broken(
    'renew-makes-a-claim',
    'Writes the claim again where it has gone.',
    {
      'renew.never-claimed-is-false': /renew of a vacant key: expected false, saw true/,
      'renew.released-is-false': /renew after release: expected false, saw true/,
      'renew.lapsed-is-false': /renew at the lease's end: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override async doRenew(
        ...[key, token, lease]: Parameters<Renew>
      ): Promise<boolean> {
        const renewed = await super.doRenew(key, token, lease);
        const row = this.row(key);
        if (!renewed && this.live(row) === undefined) this.begin(row, token, lease, null);
        return renewed || row.record?.token === token;
      }
    },
  ),
  broken(
    'heartbeat-without-token',
    'Lengthens the lease of whoever holds the key.',
    {
      'renew.other-token-is-false': /at the end of the holder's own lease: expected acquired/,
      'renew.late-heartbeat-does-not-help-the-thief': /next holder's lease: expected acquired/,
    },
    class extends ReferenceStore {
      protected override async doRenew(...[key, , lease]: Parameters<Renew>): Promise<boolean> {
        await this.travel();
        const row = this.row(key);
        const record = this.live(row);
        if (record?.state === 'claimed') row.record = { ...record, end: this.endOf(lease) };
        return record?.state === 'claimed';
      }
    },
  ),
  broken(
    'renew-touches-results',
    'Lengthens whatever is under the key, as EXPIRE does.',
    {
      'renew.completed-is-false': /find at the ttl's end: expected null/,
      'renew.stored-is-false': /renew: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override async doRenew(
        ...[key, token, lease]: Parameters<Renew>
      ): Promise<boolean> {
        const renewed = await super.doRenew(key, token, lease);
        const row = this.row(key);
        if (this.live(row)?.state !== 'completed' || row.record === undefined) return renewed;
        row.record = { ...row.record, end: this.endOf(lease) };
        return true;
      }
    },
  ),
  broken(
    'limited-renewals',
    'Renews a claim three times at most.',
    { 'renew.many-times': /renew number 4: expected true, saw false/ },
    class extends ReferenceStore {
      readonly #renewals = new Map<string, number>();
      protected override async doRenew(
        ...[key, token, lease]: Parameters<Renew>
      ): Promise<boolean> {
        const count = (this.#renewals.get(token) ?? 0) + 1;
        this.#renewals.set(token, count);
        return count <= 3 && (await super.doRenew(key, token, lease));
      }
    },
  ),
];
