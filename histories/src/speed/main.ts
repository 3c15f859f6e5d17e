/** `speed [seconds]`: how fast the checker is, and how long a history it judges within so many seconds of processor time (10). */
import { judge, type Recorded } from '@idem/contract-tests/linearizability';
import { Chance } from '../chance.ts';
import { type InventedOptions, invent } from '../invented/invent.ts';
import { spoil } from '../invented/spoil.ts';

const HOUR = 3_600_000;
const seconds = Number(process.argv[2] ?? 10);

const usual: InventedOptions = {
  clients: 32,
  operations: 20_000,
  keys: ['k'],
  leases: [5, 20, 100, HOUR],
  ttls: [5, 20, 100],
  unknown: 0,
  window: 0,
};

const kinds: Readonly<Record<string, InventedOptions>> = {
  '8 clients': { ...usual, clients: 8 },
  '32 clients': usual,
  '64 clients': { ...usual, clients: 64 },
  '32 clients, 2 % unknown for 100 ms': { ...usual, unknown: 2, window: 100 },
  '32 clients, 1 % unknown for ever': { ...usual, unknown: 1, window: Number.POSITIVE_INFINITY },
};

for (const [kind, options] of Object.entries(kinds)) {
  const history = await invent(options, Chance.fromSeed(1));
  const right = timed(history);
  const wrong = timed(spoil(history, Chance.fromSeed(2)));
  console.log(
    `${kind}, ${history.length} operations of one key: ${right}; one answer spoilt: ${wrong}`,
  );
}

let longest = 'none';
for (let operations = 10_000; ; operations *= 2) {
  const history = await invent({ ...usual, operations }, Chance.fromSeed(3));
  const begin = processorTime();
  const { outcome } = judge(history, Number.POSITIVE_INFINITY);
  const took = processorTime() - begin;
  if (outcome !== 'linearizable' || took > seconds) break;
  const heap = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  longest = `${operations} operations of one key in ${took.toFixed(1)} s, ${heap} MiB of heap`;
}
console.log(`longest history within ${seconds} s: ${longest}`);

function timed(history: readonly Recorded[]): string {
  const begin = processorTime();
  const { outcome } = judge(history);
  const took = processorTime() - begin;
  return `${outcome} in ${took.toFixed(2)} s (${Math.round(history.length / took)} operations/s)`;
}

/** Seconds, the collection of garbage included: what else the machine does is no matter. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
