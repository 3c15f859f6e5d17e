import { Chance } from '../chance.ts';
import { drawStory } from '../story/draw.ts';
import type { PlannedCall, Story } from '../story/story.ts';
import type { Backend } from './backend/backend.ts';
import type { Terms } from './history.ts';

/** What is going to be tried with two keys of their own, in real time. */
export interface Plan {
  readonly terms: Terms;
  readonly calls: readonly PlannedCall[];
  /** Of a hundred commits, how many lose their answer. */
  readonly commitFaults: number;
  /** An operator removes what is at a key, `at` milliseconds after the beginning. */
  readonly removals: readonly { readonly key: string; readonly at: number }[];
}

/** What suits a backend. */
export type Conditions = Pick<Backend, 'leases' | 'withTransactions'>;

/** One call, as it goes to the process that makes it. */
export interface Order {
  readonly terms: Terms;
  readonly commitFaults: number;
  readonly plan: PlannedCall;
}

/**
 * The simulation's own draw, with leases that suit real time. What goes wrong is not the story's but
 * the machine's, where all stories run at once (`weather.ts`).
 */
export function drawPlan(seed: number, { leases, withTransactions }: Conditions): Plan {
  const story = drawStory(Chance.fromSeed(seed), leases);
  const { lease, ttl, maxHold, recordTimeout, commitFaults } = story;
  const name = `s${seed}`;
  // More than the draw has: what a real server makes of transactions is seen nowhere else.
  const transactional = withTransactions && (story.transactional || seed % 2 === 0);
  return {
    terms: { story: name, lease, ttl, maxHold, recordTimeout, transactional },
    calls: story.calls.map((call) => ({
      ...call,
      id: `${name}.${call.id}`,
      key: `${name}${call.key}`,
    })),
    commitFaults,
    removals: drawRemovals(seed, story).map((at) => ({ key: `${name}k`, at })),
  };
}

/** More than a simulated story has: here nothing else makes the store refuse a renewal or a completion. */
function drawRemovals(seed: number, { calls, lease }: Story): readonly number[] {
  const chance = Chance.fromSeed(seed + 1_000_000);
  const last = Math.max(0, ...calls.map(({ at }) => at));
  const most = chance.percent(40) ? 2 : 0;
  return Array.from({ length: most }, () => chance.between(0, last + 2 * lease));
}
