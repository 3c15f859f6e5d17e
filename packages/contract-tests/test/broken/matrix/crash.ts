import type { ClaimResult } from '@idem/core';
import type { Move } from '../../../src/moves.ts';
import { CountingStore, type Crashes, durable, durableHarness } from '../durability.ts';
import type { BrokenStore } from '../kit/broken-store.ts';
import type { Claim, Complete, Release, Renew, Store } from '../kit/parts.ts';
import type { Claimed, Completed, ReferenceStore, Row } from '../kit/reference-store.ts';

type Change = (row: Row, crashes: Crashes) => Row;

const ofResults =
  (change: (record: Completed, crashes: Crashes) => Partial<Completed>): Change =>
  (row, crashes) =>
    row.record?.state === 'completed'
      ? { ...row, record: { ...row.record, ...change(row.record, crashes) } }
      : row;

const ofClaims =
  (change: (record: Claimed, crashes: Crashes) => Partial<Claimed>): Change =>
  (row, crashes) =>
    row.record?.state === 'claimed'
      ? { ...row, record: { ...row.record, ...change(row.record, crashes) } }
      : row;

const result = { 'durability.results-survive-whole': /: expected/ };
const claim = { 'durability.claims-survive-whole': /: expected/ };
const ending = { 'durability.endings-survive-whole': /: expected/ };

const LONG = 15 * 60_000;

/** What each loses at a crash, and the rule that must say so. */
const LOSSES: readonly (readonly [string, Readonly<Record<string, RegExp>>, Change])[] = [
  ["the result's fingerprint is lost", result, ofResults(() => ({ fingerprint: null }))],
  ["the result's token is lost", result, ofResults(() => ({ token: null }))],
  ['ttls begin anew', result, ofResults((_record, { now }) => ({ end: now + 2 * LONG }))],
  [
    'results live twice as long',
    result,
    ofResults(({ end }, { now }) => ({ end: end + (end - now) })),
  ],
  ['empty values are lost', result, emptied],
  [
    'values come back as text',
    result,
    ofResults(({ value }) => ({
      value: new TextEncoder().encode(new TextDecoder().decode(value)),
    })),
  ],
  [
    'values are cut at 64 KiB',
    result,
    ofResults(({ value }) => ({ value: value.slice(0, 65_536) })),
  ],
  ['fingerprints of claims are lost', claim, ofClaims(() => ({ fingerprint: null }))],
  ['tokens are cut', claim, ofClaims(({ token }) => ({ token: token.slice(0, 16) }))],
  ['takeovers are lost', claim, ofClaims(() => ({ takeover: false }))],
  [
    'renewals are lost',
    claim,
    ofClaims(({ end, since }) => ({ end: Math.min(end, since + LONG) })),
  ],
  ['leases are doubled', claim, ofClaims(({ end }, { now }) => ({ end: end + (end - now) }))],
  ['leases begin anew', claim, ofClaims((_record, { now }) => ({ end: now + LONG }))],
  ['claims are as old as the crash', claim, ofClaims((_record, { now }) => ({ since: now }))],
  ['lapses are lost', ending, lapsed],
  ['lapsed claims come back', ending, revived],
  [
    'fences of what was removed are lost',
    ending,
    (row) => (row.record === undefined ? { ...row, fence: 0 } : row),
  ],
  [
    'fences of results are lost',
    ending,
    (row) => (row.record?.state === 'completed' ? { ...row, fence: 0 } : row),
  ],
];

function emptied(row: Row): Row {
  const { record } = row;
  if (record?.state !== 'completed' || record.value.length > 0) return row;
  return { ...row, record: undefined };
}

function lapsed(row: Row, { now }: Crashes): Row {
  return row.record !== undefined && row.record.end <= now ? { ...row, record: undefined } : row;
}

function revived(row: Row, { now }: Crashes): Row {
  const { record } = row;
  if (record?.state !== 'claimed' || record.end > now) return row;
  return { ...row, record: { ...record, end: now + LONG } };
}

/** What was at the key before the last move that wrote there. */
const unwritten = new WeakMap<Row, { readonly move: Move; readonly was: Row['record'] }>();

const WRITES: readonly Move[] = ['store', 'remove', 'claim again', 'complete', 'renew', 'release'];

class ShadowedStore extends CountingStore {
  protected note<T>(move: Move, key: string, work: () => Promise<T>): Promise<T> {
    const row = this.row(key);
    const was = row.record;
    return work().then((answer) => {
      if (row.record !== was && was !== undefined) unwritten.set(row, { move, was });
      return answer;
    });
  }
  protected override doStore(...parts: Parameters<Store>): Promise<void> {
    return this.note('store', parts[0], () => super.doStore(...parts));
  }
  protected override doRemove(...parts: Parameters<ReferenceStore['doRemove']>): Promise<void> {
    return this.note('remove', parts[0], () => super.doRemove(...parts));
  }
  protected override doComplete(...parts: Parameters<Complete>): Promise<boolean> {
    return this.note('complete', parts[0], () => super.doComplete(...parts));
  }
  protected override doRenew(...parts: Parameters<Renew>): Promise<boolean> {
    return this.note('renew', parts[0], () => super.doRenew(...parts));
  }
  protected override doRelease(...parts: Parameters<Release>): Promise<boolean> {
    return this.note('release', parts[0], () => super.doRelease(...parts));
  }
  protected override doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
    return this.note('claim again', parts[0], () => super.doClaim(...parts));
  }
}

/** Stores that lose one part of what they acknowledged at a crash. */
export const crashMistakes: readonly BrokenStore[] = [
  ...LOSSES.map(([name, caughtBy, change]) =>
    durable(
      name,
      `At a crash ${name}.`,
      caughtBy,
      (rows, crashes) => new Map([...rows].map(([key, row]) => [key, change(row, crashes)])),
      CountingStore,
    ),
  ),
  durable(
    'keys are normalised on disk',
    'At a crash keys come back normalised.',
    result,
    (rows) => new Map([...rows].map(([key, row]) => [key.normalize('NFC'), row])),
  ),
  {
    name: 'stops politely',
    mistake: 'Its harness asks the backend to stop, and calls that a crash.',
    caughtBy: { 'durability.crash-is-no-shutdown': /expected 'killed' or 'copied', saw stopped/ },
    harness: () => {
      const harness = durableHarness('stops politely');
      // As a harness in JavaScript may.
      Reflect.set(harness, 'crash', async () => 'stopped');
      return harness;
    },
  },
  durable(
    'ends are kept in whole seconds',
    'At a crash leases and results end on the second before.',
    { 'durability.every-move-survives': /crashes(?:.|\n)*✗ the contract allows: / },
    (rows) =>
      new Map(
        [...rows].map(([key, { record, fence }]) => [
          key,
          { fence, record: record && { ...record, end: Math.floor(record.end / 1_000) * 1_000 } },
        ]),
      ),
    CountingStore,
  ),
  ...WRITES.map((move) =>
    durable(
      `${move} after another write of its key is lost`,
      `At a crash ${move} is undone, where something was at the key before.`,
      { 'durability.every-move-survives': /crashes(?:.|\n)*✗ the contract allows: / },
      (rows) =>
        new Map(
          [...rows].map(([key, row]) => [
            key,
            unwritten.get(row)?.move === move ? { ...row, record: unwritten.get(row)?.was } : row,
          ]),
        ),
      ShadowedStore,
    ),
  ),
  durable(
    'large values are written behind',
    'At a crash a large value that has just come is not there.',
    { 'durability.results-survive-whole': /3000000 bytes that came last: expected as they were/ },
    (rows) =>
      new Map(
        [...rows].map(([key, row]) => {
          const { record } = row;
          const large = record?.state === 'completed' && record.value.length > 1_048_576;
          return [key, large ? { ...row, record: undefined } : row];
        }),
      ),
  ),
  durable(
    'lapses of more than an hour are lost',
    'At a crash what ended more than an hour ago is left out.',
    { 'durability.what-is-old-survives': /"takeover: true|takeover: true \}, saw|its takeover/ },
    (rows, { now }) =>
      new Map([...rows].filter(([, { record }]) => (record?.end ?? now) > now - 3_600_000)),
  ),
];
