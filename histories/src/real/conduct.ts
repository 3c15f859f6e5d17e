import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '@idem/contract-tests/linearizability';
import { type Backend, loadBackend, openPatiently, usualPace } from '../backends/backend.ts';
import { Chance } from '../chance.ts';
import { Counts } from './counts.ts';
import { type Disturbance, historyOf } from './history.ts';
import { Host, type PlayerOptions } from './host.ts';
import { inTime } from './in-time.ts';
import { Judging } from './judging.ts';
import { takeLines } from './log.ts';
import { Pulse } from './pulse.ts';
import { refusals } from './refusals.ts';
import { weather } from './weather.ts';

const HOUR = 3_600_000;
/** A mark is cut to whole milliseconds, and so is what the server says. */
const TOLERANCE = 2;

export interface ConductOptions {
  readonly backend: string;
  readonly seconds: number;
  readonly seed: number;
  readonly wrong: string | undefined;
  /** Where the right histories are kept too. */
  readonly keep: string | undefined;
}

export interface Result {
  readonly counts: Counts;
  readonly disturbances: readonly Disturbance[];
  /** For how many milliseconds at most the server did not answer, though no fault was the reason. */
  readonly stoodStill: number;
  /** What went wrong with the run itself. */
  readonly failures: readonly string[];
  /** The histories that are wrong. */
  readonly violations: readonly string[];
}

/** Records histories on a real server until the time is over or one is wrong. */
export async function conduct(backend: Backend, options: ConductOptions): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-histories-'));
  const counts = new Counts();
  const name = `${options.backend}-${options.seed}`;
  const judging = new Judging(counts, name, { keep: options.keep });
  const disturbances: Disturbance[] = [];
  const failures: string[] = [];
  const epoch = Math.min(30_000, options.seconds * 250);
  const { lanes, faultsEvery, prompt, grace } = backend.pace ?? usualPace;
  const common: Omit<PlayerOptions, 'process' | 'seed'> = {
    backend: options.backend,
    client: backend.client,
    wrong: options.wrong,
    run: randomBytes(6).toString('hex'),
    ...{
      lanes: backend.isShared ? lanes : 8,
      aborts: 1,
      patience: 2 * backend.timeout + 30_000,
      keys: ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8', 'k9', 'k10', 'k11', 'k12'],
    },
    choices: { leases: [30, 200, 1_000, HOUR], ttls: [30, 200, 1_000, HOUR] },
    ...{ folder, begin: now(), epoch },
  };
  const names = backend.isShared ? ['A', 'B', 'C', 'D'] : ['A'];
  const hosts = names.map(
    (host, index) =>
      new Host(host, options.seed + 1_000 * index, common, (how) => failures.push(how)),
  );
  const calm = new AbortController();
  let pulse: Pulse | undefined;
  let progress: NodeJS.Timeout | undefined;
  try {
    await inTime('the start of all processes', Promise.all(hosts.map((host) => host.start())));
    console.log(`${hosts.length} processes run, after ${Math.round(now() - common.begin)} ms`);
    const { open } = await loadBackend(options.backend);
    // Records in one process's memory are on no way that could stand still.
    pulse = backend.isShared
      ? new Pulse(await openPatiently(open, backend.client), prompt)
      : undefined;
    const disturbed = (): Disturbance[] => pulse?.beside(disturbances) ?? disturbances;
    const chance = Chance.fromSeed(options.seed);
    const storm = weather(backend, hosts, faultsEvery, chance, calm.signal, disturbances).catch(
      (error: unknown) => void failures.push(`A fault could not be made: ${error}`),
    );
    const settling = backend.timeout + 2 * grace;
    const circumstances = {
      timeout: backend.timeout,
      grace,
      tolerance: TOLERANCE,
      repeatsAfter: backend.repeatsAfter,
      looksPastWriters: backend.looksPastWriters === true,
    };
    const end = now() + options.seconds * 1_000;
    const isBroken = (): boolean => failures.length + judging.violations.length > 0;
    let judged = 0;
    const judge = async (): Promise<void> => {
      const around = { ...circumstances, disturbances: disturbed() };
      const lines = takeLines(folder, judged);
      counts.wrote(lines);
      failures.push(...refusals(lines));
      await judging.judge(historyOf(lines, around));
      judged += 1;
    };
    // Beside the recording, which ends on time however long it takes to judge.
    let underWay: Promise<void> | undefined;
    progress = setInterval(() => {
      const left = Math.ceil((end - now()) / 1_000);
      const doing = left > 0 ? `${left} s left` : 'recorded';
      console.log(
        `${doing}; ${disturbances.length} faults; ${judged} rounds judged${judging.doing}`,
      );
    }, 5_000);
    while (now() < end && !isBroken()) {
      await sleep(200);
      if (underWay !== undefined || now() <= common.begin + (judged + 1) * epoch + settling)
        continue;
      underWay = judge()
        .catch((error: unknown) => {
          failures.push(`It could not be judged: ${error}`);
        })
        .finally(() => {
          underWay = undefined;
        });
    }
    calm.abort();
    await storm;
    await Promise.all(hosts.map((host) => host.end()));
    const last = Math.floor((now() - common.begin) / epoch);
    await underWay;
    while (judged <= last && !isBroken()) await judge();
    if (judging.kept > 0) {
      writeFileSync(`violation-${name}-faults.json`, JSON.stringify(disturbed(), null, 1));
    }
    const stoodStill = pulse?.longest(disturbances) ?? 0;
    return { counts, disturbances, stoodStill, failures, violations: judging.violations };
  } finally {
    clearInterval(progress);
    calm.abort();
    await pulse?.end();
    await Promise.all(hosts.map((host) => host.kill()));
    await judging.close();
    await rm(folder, { recursive: true, force: true });
  }
}
