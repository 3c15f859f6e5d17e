import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Harness, readReport, rules, runRules } from '@idem/contract-tests';
import { IdempotencyError } from '@idem/core';
import { describe, expect, test } from 'vitest';
import { ContractRun } from '../../src/engine/contract-run.ts';
import { runRule } from '../../src/engine/run-rule.ts';
import { withWrongClock } from '../../src/engine/wrong-clock.ts';
import { family } from '../../src/rules/kit/family.ts';
import { memoryHarness } from '../broken/kit/broken-store.ts';

const { rule } = family('claim');
const some = rules.filter(({ family: name }) => name === 'release').slice(0, 2);

describe('options with which a run would say nothing of the store', () => {
  test.each([
    { concurrency: 0 },
    { concurrency: Number.NaN },
    { deadline: 0 },
    { deadline: Number.POSITIVE_INFINITY },
    { deadline: 2 ** 31 },
    { seed: -1 },
    { seed: 2 ** 32 },
    { budget: 'slow' as 'quick' },
    { rule: some } as object,
  ])('are refused: %o', async (options) => {
    const given = { rules: some, ...options };
    await expect(runRules(memoryHarness('m'), given).next()).rejects.toThrow(IdempotencyError);
    expect(() => new ContractRun(memoryHarness('m'), given)).toThrow(IdempotencyError);
  });
});

test('the report of a test run is written though the harness does not close, and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'idem-report-'));
  const report = join(folder, 'report.json');
  const close = async (): Promise<void> => {
    throw new Error('the server does not stop');
  };
  const run = new ContractRun({ ...memoryHarness('m'), close }, { rules: some, report });
  await run.start();
  await Promise.all(some.map((each) => run.put(each)));
  await expect(run.close()).rejects.toThrow('the server does not stop');
  const written = readReport(await readFile(report, 'utf8'));
  await rm(folder, { recursive: true });
  expect(written.conforms).toBe(false);
  expect(written.uncaught.join()).toContain('of the close of the harness');
  expect(written.notAsked).toBe(rules.length - some.length);
  expect(written.lacking).toEqual(['crash', 'faults', 'plant', 'processes', 'transactions']);
});

test('a rule that is given up leaves no clock wrong', async () => {
  const hanging = rule(
    'example',
    'It is so.',
    () => withWrongClock(86_400_000, () => new Promise(() => {})),
    { exclusive: true },
  );
  const before = [Date, performance.now];
  await runRule(hanging, memoryHarness('m'), { deadline: 20 });
  expect([Date, performance.now]).toEqual(before);
});

test('clocks that are wrong within wrong ones end right', async () => {
  const before = Date;
  await withWrongClock(1_000, () => withWrongClock(2_000, async () => {}));
  expect(Date).toBe(before);
});

test('a client that opens after its time is closed all the same', async () => {
  let open = (): void => {};
  const opening = new Promise<void>((resolve) => {
    open = resolve;
  });
  const base = memoryHarness('m');
  let close = (): void => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const harness: Harness = {
    ...base,
    open: async () => {
      const store = await base.open();
      await opening;
      const closeStore = store.close.bind(store);
      store.close = async () => {
        await closeStore();
        close();
      };
      return store;
    },
  };
  const verdict = await runRule(
    rule('example', 'It is so.', async () => {}),
    harness,
    { deadline: 20 },
  );
  expect(verdict).toMatchObject({ outcome: 'failed' });
  open();
  await closed;
});
