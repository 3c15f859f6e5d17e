import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAbsent } from '../src/harness.ts';
import { backendMarks } from '../src/model/clock.ts';
import { explore } from '../src/model/explore.ts';
import { driven, type Pause, type Step, sequences } from '../src/model/generate.ts';
import { freshNames } from '../src/model/names.ts';
import { script } from '../src/model/script.ts';
import { type Departure, runSequence } from '../src/model/sequence.ts';
import { memoryHarness, type StoreClass } from './broken/kit/broken-store.ts';
import { type Claimed, ReferenceStore, type Row } from './broken/kit/reference-store.ts';

/** Explores a store with a driven clock; answers the shortest sequence found that fails. */
async function shortest(Store: StoreClass, seed = 7): Promise<Departure | null> {
  const harness = memoryHarness('explored', Store);
  const { clock } = harness;
  if (isAbsent(clock)) throw new Error('The clock is driven.');
  const clients = [await harness.open(), await harness.open(), await harness.open()];
  const pause = async (pause: Pause): Promise<void> =>
    clock.reach((await clock.now()) + (pause.kind === 'advance' ? pause.by : 0));
  let run = 0;
  return explore({
    seed,
    runs: 500,
    patience: 60_000,
    sequences: sequences(driven),
    run: (steps) => {
      run += 1;
      const names = freshNames((label) => `run ${run} ${label}`);
      return runSequence(steps, { clients, clock: backendMarks(clock), pause }, names);
    },
  });
}

const steps = (departure: Departure | null): string[] | undefined =>
  departure?.traces.map(({ step }) =>
    step.kind === 'operation' ? step.operation.name : step.kind,
  );

test('a store with no mistake has no failing sequence', async () => {
  expect(await shortest(ReferenceStore)).toBeNull();
});

describe('the shortest failing sequence of', () => {
  test('a release by anybody is a claim and a release', async () => {
    class ReleasedByAnybody extends ReferenceStore {
      protected override async doRelease(key: string): Promise<boolean> {
        const row = this.row(key);
        if (this.live(row)?.state !== 'claimed') return false;
        row.record = undefined;
        return true;
      }
    }
    expect(steps(await shortest(ReleasedByAnybody))).toEqual(['claim', 'release']);
  });

  test('an expiry that comes a millisecond late is a store, a millisecond and a read', async () => {
    class LateByOne extends ReferenceStore {
      protected override isOver(record: { end: number }): boolean {
        return this.now() > record.end;
      }
    }
    const found = steps(await shortest(LateByOne));
    expect(found).toHaveLength(3);
    expect(found?.[1]).toBe('advance');
  });

  test('a lease that another’s claim restarts is two claims, time, and a claim', async () => {
    class RestartedByAnother extends ReferenceStore {
      protected override conflict(row: Row, record: Claimed, lease: number) {
        const answer = super.conflict(row, record, lease);
        row.record = { ...record, end: this.endOf(lease) };
        return answer;
      }
    }
    const found = steps(await shortest(RestartedByAnother));
    expect(found?.filter((name) => name === 'claim').length).toBeGreaterThanOrEqual(2);
    expect(found?.length).toBeLessThanOrEqual(4);
  });

  test('an inspection that counts from the renewal is a claim, time, a renewal and an inspection', async () => {
    class HeldSinceTheRenewal extends ReferenceStore {
      protected override async doRenew(key: string, token: string, lease: number) {
        const renewed = await super.doRenew(key, token, lease);
        const row = this.row(key);
        if (renewed && row.record?.state === 'claimed') {
          row.record = { ...row.record, since: this.now() };
        }
        return renewed;
      }
    }
    expect(steps(await shortest(HeldSinceTheRenewal))).toEqual([
      ...['claim', 'advance', 'renew', 'inspect'],
    ]);
  });

  test('a fence that starts anew is a claim, its end, and a claim', async () => {
    class FenceOfOne extends ReferenceStore {
      protected override nextFence(): number {
        return 1;
      }
    }
    const found = steps(await shortest(FenceOfOne));
    expect(found).toHaveLength(3);
    expect(found?.[0]).toBe('claim');
    expect(found?.[2]).toBe('claim');
  });
});

test('the same seed gives the same sequences, another seed others', () => {
  const drawn = (seed: number): Step[][] => fc.sample(sequences(driven), { seed, numRuns: 5 });
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
});

test('the script says who did what, what came back, and what is allowed', async () => {
  class NeverReleased extends ReferenceStore {
    protected override async doRelease(): Promise<boolean> {
      return false;
    }
  }
  const departure = await shortest(NeverReleased);
  const text = departure === null ? '' : script(departure);
  expect(
    text
      .replaceAll(/\d{10,}/g, 'N')
      .replaceAll(/lease [\d.]+ \w+/g, 'lease L')
      .replaceAll(/k\d/g, 'K'),
  ).toMatchInlineSnapshot(`
    "  client 1  claim(K, t1, lease L, f1)  → acquired, fence N
      client 1  release(K, t1)                → false
                                               ✗ the contract allows: true"
  `);
});
