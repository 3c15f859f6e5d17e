/**
 * As many operations as the first argument says (10,000), most of them given up at random moments, on
 * each way to connect, beside statements of an application on the same connections. The second argument
 * is the seed. Ends with exit code 1 when a statement of the application's was cancelled, a connection was
 * lost, what was acknowledged is not so, or two held a key at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createToken } from '@idem/core';
import { PostgresCluster } from '@idem-workspace/test-servers/postgres';
import { type Shared, ways } from './ways.ts';

const operations = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const LEASE = 600_000;
const CALLERS = 12;
const KEYS = 5;

// mulberry32: the same seed, the same moments.
let state = seed;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

const wrong: string[] = [];
const count = { settled: 0, given: 0, said: 0 };

/** Gives up what it is handed at some moment, or not at all; undefined where it was given up. */
async function perhaps<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const leaving = new AbortController();
  const sent = send(leaving.signal);
  const abort = (): void => leaving.abort(GONE);
  const moment = random();
  if (moment < 0.1) abort();
  else if (moment < 0.25) setImmediate(abort);
  else if (moment < 0.7) setTimeout(abort, random() ** 2 * 40);
  try {
    const answer = await sent;
    count.settled += 1;
    return answer;
  } catch (error) {
    if (error !== GONE) throw error;
    count.given += 1;
    return undefined;
  }
}
const GONE = new Error('gone');

/** One key of its own, and one that others want too. */
async function work(
  name: string,
  shared: Shared,
  fences: Map<string, number>,
  n: number,
): Promise<void> {
  const { store } = shared;
  const [key, token, value] = [`${name} ${n}`, createToken(), Buffer.from(`${n}`)];
  await perhaps((signal) => store.claim(key, { token, lease: LEASE }, { signal }));
  const claimed = await store.claim(key, { token, lease: LEASE });
  if (claimed.outcome !== 'acquired') wrong.push(`${key}: its own claim is ${claimed.outcome}`);
  const done = await perhaps((signal) => store.complete(key, token, value, LEASE, { signal }));
  if (done === false) wrong.push(`${key}: its own completion is refused`);
  const found = await perhaps((signal) => store.find(key, { signal }));
  if (done === true && found !== undefined && String(found && Buffer.from(found)) !== `${n}`) {
    wrong.push(`${key}: what was completed is ${found}`);
  }
  const wanted = `${name} wanted ${Math.floor(random() * KEYS)}`;
  const held = await perhaps((signal) => store.claim(wanted, { token, lease: LEASE }, { signal }));
  if (held?.outcome === 'acquired') {
    if (held.fence <= (fences.get(wanted) ?? 0)) wrong.push(`${wanted}: fence ${held.fence} fell`);
    fences.set(wanted, held.fence);
  }
  // Whether its claim is known to have been acquired or not.
  await store.release(wanted, token);
}

async function beside(name: string, { say }: Shared, over: () => boolean): Promise<void> {
  for (let n = 0; !over(); n += 1) {
    const said = await say(n).catch((error: unknown) => error);
    if (said !== n) wrong.push(`${name}: a statement of the application's: ${said}`);
    count.said += 1;
    await sleep(random() * 3);
  }
}

await using server = await PostgresCluster.start();
const each = Math.ceil(operations / ways.length / 4);
for (const way of ways) {
  const shared = await way.open(server.url);
  await shared.store.ensureSchema();
  const fences = new Map<string, number>();
  let [next, running] = [0, CALLERS];
  const callers = Array.from({ length: CALLERS }, async () => {
    while (next < each) await work(way.name, shared, fences, next++);
    running -= 1;
  });
  await Promise.all([...callers, beside(way.name, shared, () => running === 0)]);
  // Every connection is there still, and takes a statement at the same time as the others.
  const all = Array.from({ length: shared.connections }, (_, n) => shared.say(n, 0.2));
  const late = sleep(30_000, 'late', { ref: false });
  const whole = await Promise.race([Promise.all(all), late]);
  if (whole === 'late') wrong.push(`${way.name}: a connection is lost`);
  await shared.end();
  console.log(`${way.name}: ${JSON.stringify(count)}`);
}
console.log(
  `seed ${seed}; ${count.settled + count.given} operations, ${count.given} given up; wrong: ${wrong.length}`,
);
for (const line of wrong.slice(0, 20)) console.log(line);
process.exitCode = wrong.length === 0 ? 0 : 1;
