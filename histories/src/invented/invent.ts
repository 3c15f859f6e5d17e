import { type Names, perform, type Recorded } from '@idem/contract-tests/linearizability';
import { MemoryStore } from '@idem/memory';
import type { Chance } from '../chance.ts';
import { Lane, type LaneOptions } from '../lane.ts';

export interface InventedOptions extends LaneOptions {
  readonly clients: number;
  /** Of all clients together. */
  readonly operations: number;
  /** In how many of a hundred nobody hears the answer. */
  readonly unknown: number;
  /** Milliseconds in which such an operation takes effect, if it does; Infinity for no bound. */
  readonly window: number;
}

/** What happens when, in virtual time. */
interface Due {
  readonly at: number;
  run(): Promise<void>;
}

/**
 * A history that is right because it is made so: each operation takes effect on one memory store at
 * an instant between its call and its answer, in virtual time.
 */
export async function invent(options: InventedOptions, chance: Chance): Promise<Recorded[]> {
  let now = 0;
  let left = options.operations;
  const store = new MemoryStore({ clock: () => now });
  const history: Recorded[] = [];
  const due: Due[] = [];
  // Microseconds apart, so that no two instants are the same by chance alone.
  const some = (most: number): number => (1 + chance.below(most * 1_000)) / 1_000;

  const call = async (lane: Lane): Promise<void> => {
    if (left === 0) return;
    left -= 1;
    const operation = lane.next();
    const { client } = lane;
    const invoked = now;
    const known = !chance.percent(options.unknown);
    const happens = known || chance.percent(50);
    const delay = known ? some(1) : some(Math.min(options.window, 1_000));
    const back = known ? delay + some(1) : 1;
    if (happens) {
      due.push({
        at: now + delay,
        run: async () => {
          const answer = await perform(store, operation, labels);
          if (answer.kind === 'rejected') throw new Error(answer.reason);
          if (!known) return;
          due.push({
            at: invoked + back,
            run: async () => {
              const at = { from: invoked - 1, to: now + 1 };
              history.push({ client, operation, answer, invoked, returned: now, at });
              lane.learn(operation, answer);
              due.push({ at: now + some(2), run: () => call(lane) });
            },
          });
        },
      });
    }
    if (known) return;
    const returned = invoked + options.window;
    const at = { from: invoked - 1, to: returned + 1 };
    history.push({ client, operation, answer: null, invoked, returned, at });
    lane.learn(operation, null);
    due.push({ at: now + back, run: () => call(lane) });
  };

  for (let index = 1; index <= options.clients; index += 1) {
    const lane = new Lane(`c${index}`, options, chance);
    due.push({ at: some(2), run: () => call(lane) });
  }
  for (let first = earliest(due); first !== undefined; first = earliest(due)) {
    now = first.at;
    await first.run();
  }
  return history;
}

/** Taken out; there are no more of them than clients and unknown outcomes. */
function earliest(due: Due[]): Due | undefined {
  let best = 0;
  for (let index = 1; index < due.length; index += 1) {
    if ((due[index]?.at ?? 0) < (due[best]?.at ?? 0)) best = index;
  }
  return due.splice(best, 1)[0];
}

/** Tokens of the letters and the length that a store asks for. */
const labels: Names = {
  key: (label) => label,
  token: (label) => label.replace('.', '_').padEnd(32, '-'),
};
