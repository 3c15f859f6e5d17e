import type { ClaimResult } from '@idem/core';
import { type BrokenInMemory, broken } from './kit/broken-store.ts';
import type { Again, Begin, Claim, Conflict, Replay } from './kit/parts.ts';
import { type Claimed, ReferenceStore } from './kit/reference-store.ts';

export const claimMistakes: readonly BrokenInMemory[] = [
  broken(
    'meets-itself',
    'Writes the claim, reads it back and takes it for the claim of another.',
    { 'claim.vacant-is-acquired': /first claim of a new key: expected acquired, saw in-progress/ },
    class extends ReferenceStore {
      protected override begin(
        ...[row, token, lease, fingerprint]: Parameters<Begin>
      ): ClaimResult {
        super.begin(row, token, lease, fingerprint);
        return { outcome: 'in-progress', fingerprint, leaseRemaining: lease };
      }
    },
  ),
  broken(
    'find-then-store',
    'Looks for a result, finds none while another executes, and begins.',
    {
      'claim.other-is-in-progress': /by another token: expected in-progress, saw acquired/,
      'claim.late-holder-cannot-touch-takeover': /afterwards: expected the holder's claim/,
    },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        await this.travel();
        const [key, token, lease, fingerprint] = parts;
        const row = this.row(key);
        const record = this.live(row);
        if (record?.state === 'completed') return this.replay(record);
        return this.begin(row, token, lease, fingerprint);
      }
    },
  ),
  broken(
    'echoed-fingerprint',
    'Answers with the fingerprint of the one who asks, so that a reused key is never noticed.',
    {
      'claim.in-progress-has-holders-fingerprint': /expected "of-the-holder", saw "of-the-caller"/,
      'concurrency.losers-see-the-winner': /its fingerprint: expected/,
    },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const result = await super.doClaim(...parts);
        return result.outcome === 'in-progress' ? { ...result, fingerprint: parts[3] } : result;
      }
    },
  ),
  broken(
    'empty-for-null',
    'Keeps no fingerprint as an empty one.',
    {
      'claim.in-progress-without-fingerprint': /its fingerprint: expected null, saw ""/,
      'claim.completed-without-fingerprint': /its fingerprint: expected null, saw ""/,
    },
    class extends ReferenceStore {
      protected override begin(
        ...[row, token, lease, fingerprint]: Parameters<Begin>
      ): ClaimResult {
        return super.begin(row, token, lease, fingerprint ?? '');
      }
    },
  ),
  broken(
    'lease-in-seconds',
    'Answers how long the lease has left in seconds.',
    { 'claim.lease-remaining-is-whole': /leaseRemaining: expected whole milliseconds/ },
    class extends ReferenceStore {
      protected override remaining(record: Claimed): number {
        return (super.remaining(record) - 1) / 1_000;
      }
    },
  ),
  broken(
    'lease-as-begun',
    'Answers the whole lease as what is left of it.',
    {
      'claim.lease-remaining-counts-down':
        /leaseRemaining half-way: expected 850 to 850 ms, saw 1700/,
    },
    class extends ReferenceStore {
      protected override remaining(record: Claimed): number {
        return Math.max(1_700, super.remaining(record));
      }
    },
  ),
  broken(
    'fingerprint-lost-in-replay',
    'Forgets to answer the fingerprint of a completed record.',
    {
      'claim.completed-is-answered':
        /fingerprint: "of-the-holder".*saw completed|of-the-holder.*fingerprint null/,
      'complete.keeps-fingerprint': /of-the-claim.*fingerprint null/,
    },
    class extends ReferenceStore {
      protected override replay(...[record]: Parameters<Replay>): ClaimResult {
        return super.replay({ ...record, fingerprint: null });
      }
    },
  ),
  broken(
    'last-asker-holds',
    'Writes the token of whoever asks, as SET without NX does.',
    {
      'claim.stranger-does-not-replace-holder':
        /complete by the stranger: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const result = await super.doClaim(...parts);
        const row = this.row(parts[0]);
        if (result.outcome === 'in-progress' && row.record?.state === 'claimed') {
          row.record = { ...row.record, token: parts[1] };
        }
        return result;
      }
    },
  ),
  broken(
    'lease-restarted-for-a-stranger',
    'Starts the lease anew whoever asks.',
    {
      'claim.stranger-does-not-restart-lease':
        /at the end of the holder's lease: expected acquired, saw in-progress/,
    },
    class extends ReferenceStore {
      protected override conflict(...[row, record, lease]: Parameters<Conflict>): ClaimResult {
        const result = super.conflict(row, record, lease);
        row.record = { ...record, end: this.endOf(lease) };
        return result;
      }
    },
  ),
  broken(
    'in-conflict-with-itself',
    'Does not know its own token again, so that a retry waits for itself.',
    {
      'claim.own-token-acquires-again': /same token: expected acquired, saw in-progress/,
      'repetition.claim-is-acquired-again': /repeated claim: expected acquired, saw in-progress/,
      'claim.takeover-is-repeated': /repeated claim: expected acquired, saw in-progress/,
    },
    class extends ReferenceStore {
      protected override again(...[row, record, lease]: Parameters<Again>): ClaimResult {
        return this.conflict(row, record, lease);
      }
    },
  ),
  broken(
    'repeated-claim-keeps-old-end',
    'Acquires again for the same token and leaves the lease to end when it would have.',
    {
      'claim.own-token-restarts-lease':
        /after the first lease would have ended: expected in-progress, saw acquired/,
    },
    class extends ReferenceStore {
      protected override again(...[row, record]: Parameters<Again>): ClaimResult {
        return { outcome: 'acquired', fence: row.fence, takeover: record.takeover };
      }
    },
  ),
  broken(
    'repeated-claim-takes-fingerprint',
    'Takes the fingerprint of the repetition where it gives one.',
    { 'repetition.claim-keeps-the-first-fingerprint': /after first and second: .*"first"/ },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const result = await super.doClaim(...parts);
        const [key, token, , fingerprint] = parts;
        const row = this.row(key);
        if (fingerprint !== null && row.record?.token === token) {
          row.record = { ...row.record, fingerprint };
        }
        return result;
      }
    },
  ),
  broken(
    'repeated-claim-loses-fingerprint',
    'Writes the claim anew for the same token and forgets its fingerprint.',
    { 'repetition.claim-keeps-fingerprint': /"print".*fingerprint null/ },
    class extends ReferenceStore {
      protected override again(...[row, record, lease]: Parameters<Again>): ClaimResult {
        return super.again(row, { ...record, fingerprint: null }, lease);
      }
    },
  ),
  broken(
    'own-token-first',
    'Compares the token before the state, so that a retry after completion executes again.',
    {
      'claim.own-token-sees-own-result': /token that completed: expected completed .*saw acquired/,
      'repetition.claim-after-completion-is-answered': /expected completed, saw acquired/,
    },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const row = this.row(parts[0]);
        if (row.record?.token !== parts[1]) return super.doClaim(...parts);
        await this.travel();
        return { outcome: 'acquired', fence: row.fence, takeover: false };
      }
    },
  ),
];
