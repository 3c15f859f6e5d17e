import { CountingStore, type Crashes, durable, durableHarness } from '../durability.ts';
import type { BrokenStore } from '../kit/broken-store.ts';
import type { Claimed, Completed, Row } from '../kit/reference-store.ts';

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
];
