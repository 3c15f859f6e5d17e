import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Answer,
  claimsModel,
  judge,
  type Operation,
  type Recorded,
  search,
  untouched,
} from '@idem/contract-tests/linearizability';
import { describe, expect, test } from 'vitest';
import { Counts } from '../../src/real/counts.ts';
import { type Circumstances, historyOf } from '../../src/real/history.ts';
import { Judging } from '../../src/real/judging.ts';
import type { Line } from '../../src/real/log.ts';
import { shortcomings } from '../../src/real/shortcomings.ts';

const HOUR = 3_600_000;
const did = (operation: Operation, answer: Answer | null, from: number, to: number): Recorded => ({
  ...{ client: `${from}`, operation, answer, invoked: from, returned: to, at: { from, to } },
});
const claim = (key: string, token: string, lease = HOUR): Operation => ({
  ...{ name: 'claim', key, token, lease, fingerprint: null },
});
const acquired = (fence: number): Answer => ({ kind: 'acquired', fence, takeover: false });
const find = (key: string, value: string | null, now: number): Recorded =>
  did({ name: 'find', key }, { kind: 'value', value }, now, now + 1);

/** Of a key: three claims that nobody heard of, and a value that nobody wrote. */
const entangled = (key: string): Recorded[] => [
  ...['t1', 't2', 't3'].map((token) => did(claim(key, token, 5), null, 0, 90)),
  ...[10, 20, 30].map((now) => find(key, null, now)),
  find(key, 'from nowhere', 40),
];

describe('what could not be decided is not taken for right', () => {
  test('by judge, which still says what is plainly wrong', () => {
    expect(judge(entangled('k'), 3)).toMatchObject({ outcome: 'undecided', key: 'k' });
    expect(judge(entangled('k')).outcome).toBe('inexplicable');
    const wrong = find('l', 'from nowhere', 1);
    expect(judge([...entangled('k'), wrong], 3)).toMatchObject({ outcome: 'inexplicable' });
  });

  test('by a run, which counts and keeps it, as it does what is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'idem-judging-'));
    const counts = new Counts();
    const judging = new Judging(counts, 'run', { folder, most: 3 });
    try {
      await judging.judge([find('right', null, 1), find('wrong', 'x', 2), ...entangled('k')]);
      expect(counts.undecided).toBe(1);
      expect(judging.violations).toHaveLength(1);
      expect(judging.kept).toBe(2);
      const files = ['violation-run-k.json', 'violation-run-wrong.json'];
      expect((await readdir(folder)).sort()).toEqual(files);
      expect(shortcomings({ counts, failures: [], violations: [] })[0]).toContain('entangled');
    } finally {
      await judging.close();
      await rm(folder, { recursive: true });
    }
  });

  test('though hundreds are under way at once: it is given up before they fill the memory', () => {
    const unheard = Array.from({ length: 300 }, (_, n) =>
      did(claim('k', `t${n}`, 30), null, 0, 900),
    );
    const finds = Array.from({ length: 9 }, (_, n) => find('k', null, 10 + 5 * n));
    const history = [...unheard, ...finds, find('k', 'from nowhere', 55)];
    const calls = history.map((operation) => {
      const { invoked, returned, answer } = operation;
      return { operation, invoked, returned, required: answer !== null };
    });
    // Three hundred follow each point.
    const found = search(claimsModel(history), [untouched], calls, 400);
    expect(found).toMatchObject({ outcome: 'undecided', tried: expect.any(Number) });
    expect(found.tried).toBeLessThan(200);
  });
});

test('what might have happened before is not tried in vain: another way to the same state has done less', () => {
  const progress: Answer = { kind: 'in-progress', fingerprint: null, leaseRemaining: 998 };
  const history = [
    did(claim('k', 't2', 1_000), acquired(0), 0, 2),
    did(claim('k', 't1', 4), progress, 1, 4),
    did({ name: 'store', key: 'k', value: 'v2', ttl: 4 }, null, 1, 4),
    did({ name: 'remove', key: 'k' }, null, 6, 12),
    did(claim('k', 't2', 4), acquired(1), 6, 9),
    did(claim('k', 't1', 1_000), { ...progress, leaseRemaining: 4 }, 7, 7),
    did(claim('k', 't2', 1_000), acquired(2), 7, 10),
  ];
  expect(judge(history).outcome).toBe('linearizable');
});

describe('what the clients wrote down means', () => {
  const calm: Circumstances = {
    ...{ timeout: 100, grace: 50, tolerance: 2, repeatsAfter: 9, disturbances: [] },
  };
  const begun = (id: string, operation: Operation, at: number): Line => ({
    ...{ kind: 'begun', id, client: `c${id}`, operation, invoked: at, mark: 1_000 + at },
  });
  const ended = (id: string, answer: Answer, at: number): Line => ({
    ...{ kind: 'ended', id, answer, returned: at, mark: 1_000 + at },
  });

  test('that what was cut or killed comes no later than in a calm', () => {
    const disturbances = [{ kind: 'server crashed', holds: false, from: 100, to: 500 }];
    const [first] = historyOf([begun('1', claim('k', 't'), 10)], { ...calm, disturbances });
    expect(first).toMatchObject({ answer: null, returned: 160, at: { from: 1_008, to: 1_162 } });
  });

  test('that every answer counts, whatever it says', () => {
    const answers: Answer[] = [
      { kind: 'in-progress', fingerprint: null, leaseRemaining: 5 },
      { kind: 'completed', value: 'v', fingerprint: null },
      acquired(3),
      { kind: 'boolean', value: false },
    ];
    for (const answer of answers) {
      const lines = [begun('1', claim('k', 't'), 10), ended('1', answer, 12)];
      expect(historyOf(lines, calm)).toMatchObject([{ answer }]);
    }
  });

  test('that an inspection that tells of no lapse counts, also where readers pass writers', () => {
    const vacant = (takeover: boolean): Answer => ({
      ...{ kind: 'inspected', inspection: { state: 'vacant', takeover } },
    });
    const during = (answer: Answer): Line[] => [
      begun('1', { name: 'release', key: 'k', token: 't' }, 10),
      begun('2', { name: 'inspect', key: 'k' }, 11),
      ended('2', answer, 12),
      ended('1', { kind: 'boolean', value: true }, 13),
    ];
    const passing = { ...calm, looksPastWriters: true };
    expect(historyOf(during(vacant(false)), passing)).toHaveLength(2);
    expect(historyOf(during(vacant(true)), passing)).toHaveLength(1);
    expect(historyOf(during(vacant(true)), calm)).toHaveLength(2);
  });
});
