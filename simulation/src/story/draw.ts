import type { Chance } from '../chance.ts';
import type { Weather } from '../store/weather.ts';
import type { PlannedCall, Script, Story } from './story.ts';

/** Milliseconds; in virtual time they cost nothing, and short ones find more. */
const LEASES: readonly [number, ...number[]] = [60, 150, 400, 600];

/** Draws what a run is going to try. Every eighth is calm. */
export function drawStory(chance: Chance, leases: readonly [number, ...number[]] = LEASES): Story {
  const calm = chance.percent(15);
  const lease = chance.oneOf(...leases);
  const horizon = lease * chance.oneOf(2, 4, 8);
  const hosts = ['A', 'B', 'C', 'D'].slice(0, chance.oneOf(2, 2, 3, 4));
  const transactional = chance.percent(35);
  const terms = { lease, horizon, hosts, transactional, calm };
  const host = () => chance.oneOf(hosts[0] ?? 'A', ...hosts.slice(1));
  const some = <T>(most: number, draw: () => T): T[] =>
    Array.from({ length: calm ? 0 : chance.between(0, most) }, draw);
  return {
    lease,
    ttl: lease * chance.oneOf(1, 3, 100, 100),
    maxHold: lease * chance.oneOf(1, 2, 10, 10),
    recordTimeout: Math.ceil(lease * (calm ? 20 : chance.oneOf(0.5, 2, 20))),
    transactional,
    wakes: chance.percent(40),
    hosts,
    calls: Array.from({ length: chance.between(2, 8) }, (_, index) =>
      drawCall(chance, index, terms),
    ),
    stalls: some(3, () => ({
      host: host(),
      at: chance.between(0, horizon),
      for: chance.oneOf(lease / 4, lease, lease * 2),
    })),
    crashes: some(1, () => ({
      host: host(),
      at: chance.between(1, horizon),
      down: chance.oneOf(1, lease),
    })),
    removals: chance.percent(20)
      ? some(2, () => ({ key: 'k', at: chance.between(1, horizon) }))
      : [],
    weather: drawWeather(chance, terms, host()),
    commitFaults: calm ? 0 : chance.oneOf(0, 20, 60),
    calm,
    holds: transactional ? chance.oneOf(undefined, 'renewed', 'held') : undefined,
  };
}

interface Terms {
  readonly lease: number;
  readonly horizon: number;
  readonly hosts: readonly string[];
  readonly transactional: boolean;
  readonly calm: boolean;
}

function drawCall(chance: Chance, index: number, terms: Terms): PlannedCall {
  const { lease, horizon, hosts } = terms;
  const together = chance.percent(40);
  return {
    id: `call${index + 1}`,
    host: chance.oneOf(hosts[0] ?? 'A', ...hosts.slice(1)),
    key: chance.percent(85) ? 'k' : 'l',
    at: together ? chance.between(0, 3) : chance.between(0, horizon),
    wait: chance.oneOf(0, 0, Math.ceil(lease / 2), lease * 2, lease * 6),
    fingerprint: chance.oneOf(undefined, 'same', 'same', 'same', 'same', 'same', 'other'),
    abortsAfter: chance.percent(15) ? chance.between(0, lease * 2) : undefined,
    script: drawScript(chance, terms),
  };
}

function drawScript(chance: Chance, { lease, transactional, calm }: Terms): Script {
  return {
    duration: Math.ceil(chance.oneOf(0, 3, lease / 3, lease * 0.9, lease * 2, lease * 5)),
    ends: chance.oneOf(
      'returns',
      'returns',
      'returns',
      'returns',
      'throws',
      'throws what is recorded',
      'returns what no codec encodes',
    ),
    heedsAbort: chance.percent(40),
    blocks: !calm && chance.percent(10),
    deadlocks: transactional ? chance.oneOf(0, 0, 0, 1, 2) : 0,
  };
}

function drawWeather(chance: Chance, { lease, horizon, calm }: Terms, host: string): Weather {
  const quick = chance.oneOf(1, 4);
  if (calm) {
    const slowestClaim = chance.oneOf(quick, Math.ceil(lease * 0.35));
    const losesRenewal = lease >= 150 && slowestClaim === quick && chance.percent(50);
    return {
      faults: 0,
      clearsAt: 0,
      slowest: quick,
      slowestClaim,
      down: undefined,
      losesRenewal,
      partitions: new Map(),
      broken: false,
    };
  }
  const slowest = chance.oneOf(quick, quick, Math.ceil(lease / 4), Math.ceil(lease * 0.8));
  const span = () => {
    const from = chance.between(0, horizon);
    return { from, to: from + chance.oneOf(lease / 2, lease * 2, lease * 6) };
  };
  return {
    faults: chance.oneOf(0, 5, 20, 50),
    clearsAt: horizon,
    slowest,
    slowestClaim: chance.oneOf(slowest, Math.ceil(lease * 0.45)),
    down: chance.percent(20)
      ? { ...span(), how: chance.oneOf('refused', 'refused', 'request lost', 'failed') }
      : undefined,
    losesRenewal: false,
    partitions: new Map(chance.percent(25) ? [[host, span()]] : []),
    broken: chance.percent(10),
  };
}
