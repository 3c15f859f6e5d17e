import { setTimeout as sleep } from 'node:timers/promises';
import {
  absent,
  Gate,
  type RuleContext,
  RuleSkipped,
  runRule,
  runRules,
} from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { asTest } from '../src/engine/as-test.ts';
import { family } from '../src/rules/kit/family.ts';
import { memoryHarness, runningHarness } from './broken/kit/broken-store.ts';
import { ReferenceStore } from './broken/kit/reference-store.ts';

const { rule, timed, untested } = family('claim');
const check = (work: (context: RuleContext) => Promise<void>) => rule('example', 'It is so.', work);

describe('a verdict', () => {
  test('passed has the time it took', async () => {
    const verdict = await runRule(
      check(async () => {}),
      memoryHarness('m'),
    );
    expect(verdict).toMatchObject({ outcome: 'passed', time: expect.any(Number) });
  });

  test('passed says what took suspiciously long: a close of three seconds, and no shorter one', async () => {
    const closing = (time: number) =>
      runRule(
        check(async ({ expect: notes }) => notes.closed('close with operations under way', time)),
        memoryHarness('m'),
      );
    const slow = ['close with operations under way took 10.0 s'];
    expect(await closing(10_000)).toMatchObject({ outcome: 'passed', slow });
    expect(await closing(2_999)).toMatchObject({ outcome: 'passed', slow: [] });
  });

  test('failed says the rule, the statement, every fault and the seed', async () => {
    const failing = check(async ({ expect: notes }) => {
      notes.same('the first step', 1, 2);
      notes.same('the second step', null, Uint8Array.of(1, 255));
    });
    const verdict = await runRule(failing, memoryHarness('m'), { seed: 42 });
    expect(verdict.outcome === 'failed' && verdict.error.message).toBe(
      [
        'claim.example: It is so.',
        '  - the first step: expected 2, saw 1',
        '  - the second step: expected 2 bytes 01 ff, saw null',
        '  (to repeat: IDEM_TEST_SEED=42)',
      ].join('\n'),
    );
  });

  test('failed keeps what was noted before the store threw, and the error as its cause', async () => {
    const thrown = new Error('connection reset');
    const failing = check(async ({ expect: notes }) => {
      notes.fault('seen before');
      throw thrown;
    });
    const verdict = await runRule(failing, memoryHarness('m'));
    expect(verdict).toMatchObject({
      faults: ['seen before', expect.stringContaining('connection reset')],
      error: { cause: thrown },
    });
  });

  test('a hang is a failure that names the rule', async () => {
    const hanging = check(() => new Promise(() => {}));
    const verdict = await runRule(hanging, memoryHarness('m'), { deadline: 20 });
    expect(verdict.outcome === 'failed' && verdict.error.message).toMatch(
      /claim\.example: It is so\.\n.*within 0\.02 s: something hangs/,
    );
  });

  test('a client that does not open is a failure', async () => {
    const harness = { ...memoryHarness('m'), open: () => Promise.reject(new Error('refused')) };
    const verdict = await runRule(
      check(async () => {}),
      harness,
    );
    expect(verdict).toMatchObject({ faults: [expect.stringMatching(/not be opened.*refused/)] });
  });

  test('a client that does not close is a failure', async () => {
    class Stuck extends ReferenceStore {
      protected override doClose(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const verdict = await runRule(
      check(async () => {}),
      memoryHarness('m', Stuck),
      { deadline: 20 },
    );
    expect(verdict).toMatchObject({ faults: [expect.stringContaining('did not close')] });
  });

  test('skipped has the reason: of the harness, of the rule, or of the check', async () => {
    const harness = { ...memoryHarness('m'), clock: absent('no clock here') };
    expect(
      await runRule(
        timed('t', 'T.', async () => {}),
        harness,
      ),
    ).toMatchObject({
      outcome: 'skipped',
      reason: 'no clock here',
    });
    expect(await runRule(untested('u', 'U.', 'nobody can'), harness)).toMatchObject({
      outcome: 'skipped',
      reason: 'nobody can',
    });
    const skipping = check(() => Promise.reject(new RuleSkipped('not on this store')));
    expect(await runRule(skipping, harness)).toMatchObject({
      outcome: 'skipped',
      reason: 'not on this store',
    });
  });
});

describe('what a test runner shows', () => {
  const failing = async (grade: 'required' | 'recommended') => {
    const broken = rule('g', 'G.', async ({ expect: notes }) => notes.fault('so'), { grade });
    return asTest(await runRule(broken, memoryHarness('m')));
  };

  test('is a failure for a required rule that is broken', async () => {
    expect(await failing('required')).toMatchObject({ outcome: 'failed' });
  });

  test('is a skip with what was seen for one that is only recommended', async () => {
    const reason = expect.stringMatching(/^recommended, .*\nclaim\.g: G\.\n {2}- so/);
    expect(await failing('recommended')).toMatchObject({ outcome: 'skipped', reason });
  });
});

describe('a context', () => {
  test('closes every client that the rule opened', async () => {
    const opened: ReferenceStore[] = [];
    const harness = memoryHarness('m');
    const counting = {
      ...harness,
      open: async () => {
        const store = new ReferenceStore({ rows: new Map(), now: () => 0 });
        opened.push(store);
        return store;
      },
    };
    await runRule(
      check(async ({ open }) => void (await Promise.all([open(), open()]))),
      counting,
    );
    expect(opened).toHaveLength(3);
    for (const store of opened) {
      await expect(store.exists('k')).rejects.toMatchObject({ code: 'IDEM_STORE_CLOSED' });
    }
  });

  test('gives keys that no other run gives, also with the same seed', async () => {
    const keys = new Set<string>();
    const taking = check(async (context) => {
      for (let i = 0; i < 3; i += 1) keys.add(context.key('label'));
    });
    await runRule(taking, memoryHarness('m'), { seed: 1 });
    await runRule(taking, memoryHarness('m'), { seed: 1 });
    expect(keys.size).toBe(6);
  });

  test('draws the same numbers for the same seed, and others for another', async () => {
    const draw = async (seed: number): Promise<number[]> => {
      const drawn: number[] = [];
      const drawing = check(async ({ random }) => {
        for (let i = 0; i < 20; i += 1) drawn.push(random(100));
      });
      await runRule(drawing, memoryHarness('m'), { seed });
      return drawn;
    };
    expect(await draw(7)).toEqual(await draw(7));
    expect(await draw(7)).not.toEqual(await draw(8));
    expect((await draw(7)).every((number) => number >= 0 && number < 100)).toBe(true);
  });
});

describe('a rule about time', () => {
  test('begins anew with longer times when a step came too late', async () => {
    const tried: number[] = [];
    const slow = timed('slow', 'Slow.', async ({ expect: notes }, time) => {
      tried.push(time.short);
      const { end } = await time.begin(time.short, async () => {});
      if (tried.length === 1) {
        notes.fault('of the attempt that does not count');
        await time.at(end);
      }
      await time.before(end, async () => {});
    });
    const verdict = await runRule(slow, runningHarness('m'));
    expect(verdict.outcome).toBe('passed');
    expect(tried).toEqual([200, 800]);
  });

  test('knows an end to the millisecond by a driven clock', async () => {
    const exact = timed('exact', 'Exact.', async ({ clock }, time) => {
      const now = await clock.now();
      const { end } = await time.begin(500, async () => {});
      expect(end).toEqual({ earliest: now + 500, latest: now + 500 });
      await time.justBefore(end);
      expect(await clock.now()).toBe(now + 499);
      await time.at(end);
      expect(await clock.now()).toBe(now + 500);
    });
    expect(await runRule(exact, memoryHarness('m'))).toMatchObject({ outcome: 'passed' });
  });

  test('places an end between two readings of a running clock', async () => {
    const between = timed('between', 'Between.', async ({ clock }, time) => {
      const before = await clock.now();
      let began = 0;
      const { end } = await time.begin(100, async () => {
        began = await clock.now();
        await sleep(5);
      });
      const after = await clock.now();
      expect(end.earliest).toBeGreaterThan(before + 97);
      expect(end.earliest).toBeLessThan(began + 101);
      expect(end.latest).toBeGreaterThanOrEqual(end.earliest + 5);
      expect(end.latest).toBeLessThan(after + 103);
    });
    expect(await runRule(between, runningHarness('m'))).toMatchObject({ outcome: 'passed' });
  });
});

describe('a run', () => {
  test('gives the verdicts in the order of the rules', async () => {
    const rules = [30, 0, 15].map((wait, i) => rule(`r${i}`, 'R.', () => sleep(wait)));
    const ids: string[] = [];
    for await (const verdict of runRules(runningHarness('m'), { rules })) ids.push(verdict.rule.id);
    expect(ids).toEqual(['claim.r0', 'claim.r1', 'claim.r2']);
  });

  test('lets rules run side by side, and an exclusive one alone', async () => {
    const gate = new Gate(8);
    const log: string[] = [];
    const step = (name: string) => async (): Promise<void> => {
      log.push(`${name} begins`);
      await sleep(5);
      log.push(`${name} ends`);
    };
    await Promise.all([
      gate.run(false, step('a')),
      gate.run(false, step('b')),
      gate.run(true, step('alone')),
      gate.run(false, step('c')),
    ]);
    expect(log.slice(0, 2)).toEqual(['a begins', 'b begins']);
    expect(log.slice(4)).toEqual(['alone begins', 'alone ends', 'c begins', 'c ends']);
  });

  test('runs one rule at a time when the clock is driven', async () => {
    let running = 0;
    let most = 0;
    const rules = [1, 2, 3].map((i) =>
      rule(`r${i}`, 'R.', async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(2);
        running -= 1;
      }),
    );
    for await (const { outcome } of runRules(memoryHarness('m'), { rules })) {
      expect(outcome).toBe('passed');
    }
    expect(most).toBe(1);
  });
});
