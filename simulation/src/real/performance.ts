import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './backend/backend.ts';
import { now } from './clock.ts';
import type { Event, History } from './history.ts';
import type { Host } from './host.ts';
import { longestCall } from './judge/bounds.ts';
import type { Violation } from './judge/read.ts';
import type { Plan } from './plan.ts';
import type { Caller } from './player/caller.ts';

/** Milliseconds. */
const LOOK = 50;
/** Commits that nobody waits for come to their end. */
const SETTLE = 100;

/** One story, as it is played. */
export class Performance {
  readonly plan: Plan;
  readonly events: Event[] = [];
  readonly #made: { readonly call: string; readonly host: Host; readonly process: string }[] = [];
  readonly #answered: Set<string> = new Set();
  readonly #running: Map<string, string> = new Map();

  constructor(plan: Plan) {
    this.plan = plan;
  }

  heard(event: Event): void {
    this.events.push(event);
    if (event.kind === 'answered') this.#answered.add(event.call);
    if (event.kind === 'began') this.#running.set(event.id, event.process);
    if (event.kind === 'ended') this.#running.delete(event.id);
  }

  /** Makes every call in its time, and waits until each is answered or its process has ended. */
  async play(hosts: ReadonlyMap<string, Host>, over: AbortSignal): Promise<readonly Violation[]> {
    const { calls, terms, commitFaults } = this.plan;
    const startedAt = now();
    for (const plan of calls.toSorted((a, b) => a.at - b.at)) {
      await sleep(Math.max(0, startedAt + plan.at - now()));
      const host = hosts.get(plan.host);
      const process = host?.process;
      if (over.aborted) return [];
      if (host === undefined || process === undefined) continue;
      this.#made.push({ call: plan.id, host, process });
      host.call({ terms, commitFaults, plan });
    }
    // A process that stands still, or has much to do, answers later.
    const longest = Math.max(0, ...calls.map(({ wait }) => longestCall(terms, wait)));
    const until = now() + 2 * longest + 10_000;
    while (this.#underWay(hosts) && !over.aborted) {
      if (now() > until) return this.#hanging();
      await sleep(LOOK);
    }
    return [];
  }

  /** What an operator removes, in its time. */
  async remove(client: Client, over: AbortSignal): Promise<void> {
    const startedAt = now();
    for (const { key, at } of this.plan.removals.toSorted((a, b) => a.at - b.at)) {
      await sleep(Math.max(0, startedAt + at - now()));
      if (over.aborted) return;
      const since = now();
      await client.remove(key);
      this.heard({ kind: 'removed', at: now(), process: 'R', key, since });
    }
  }

  /** Asks for each key once more, from a process to which nothing happens. */
  async askAgain(reader: Caller): Promise<void> {
    const { calls, terms } = this.plan;
    await sleep(SETTLE);
    const asking = [...new Set(calls.map(({ key }) => key))].map((key) =>
      reader.call({
        terms: { ...terms, transactional: false },
        commitFaults: 0,
        plan: {
          id: `${key}.last`,
          host: 'R',
          key,
          at: 0,
          wait: 3 * terms.lease,
          fingerprint: undefined,
          abortsAfter: undefined,
          script: {
            duration: 0,
            ends: 'returns',
            heedsAbort: false,
            blocks: false,
            deadlocks: 0,
          },
        },
      }),
    );
    await Promise.all(asking);
  }

  history(effects: readonly string[], stoodStill: readonly Event[]): History {
    return { terms: this.plan.terms, events: [...this.events, ...stoodStill], effects };
  }

  #underWay(hosts: ReadonlyMap<string, Host>): boolean {
    const alive = new Set([...hosts.values()].map(({ process }) => process));
    return (
      this.#unanswered().some(({ host, process }) => host.process === process) ||
      [...this.#running.values()].some((process) => alive.has(process))
    );
  }

  #unanswered(): readonly {
    readonly call: string;
    readonly host: Host;
    readonly process: string;
  }[] {
    return this.#made.filter(({ call }) => !this.#answered.has(call));
  }

  #hanging(): readonly Violation[] {
    return this.#unanswered()
      .filter(({ host, process }) => host.process === process)
      .map(({ call, process }) => {
        const key = this.plan.calls.find(({ id }) => id === call)?.key ?? '';
        return { rule: 'settles', key, message: `${call} of ${process} hangs` };
      });
  }
}
