/**
 * What `run` costs over the memory store beyond the store's own operations, as a share of what those
 * cost. Both sides hash the body, make a token and turn the result into JSON and back, each the fastest
 * way that Node has.
 * `--quick` for a smoke test.
 */
import { createToken, Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { judgeExtra, ratiosOf, summary } from './support/bars.ts';
import { line, sideBySide } from './support/side-by-side.ts';
import { BODY, fingerprintOf, LEASE, RESULT, recordKey, SCOPE, TTL } from './support/work.ts';

const quick = process.argv.includes('--quick');
const KEYS = 500;
const rounds = { rounds: quick ? 6 : 200, units: 1_000, concurrency: 1 };
const options = { scope: SCOPE, fingerprint: BODY };

let store = new MemoryStore();
let idempotency = new Idempotency({ store, ttl: TTL, lease: LEASE });

/** Short rounds, each on stores of their own: what was kept before slows nobody down. */
async function prepare(): Promise<void> {
  store = new MemoryStore();
  idempotency = new Idempotency({ store, ttl: TTL, lease: LEASE });
  for (let key = 0; key < KEYS; key += 1) await idempotency.run(`${key}`, work, options);
}

async function work(): Promise<typeof RESULT> {
  return RESULT;
}

const bareRun = {
  name: 'claim and complete',
  run: async (unit: number): Promise<unknown> => {
    const key = recordKey(`bare-${unit}`);
    const token = createToken();
    await store.claim(key, { token, lease: LEASE, fingerprint: fingerprintOf(BODY) });
    const text = JSON.stringify(await work());
    await store.complete(key, token, Buffer.from(text), TTL);
    return JSON.parse(text);
  },
};
const newRun = {
  name: 'run',
  run: (unit: number): Promise<unknown> => idempotency.run(`new-${unit}`, work, options),
};

const HEADER = 'idem1:value:'.length;
function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8', HEADER);
}
const bareReplay = {
  name: 'claim of a completed key',
  run: async (unit: number): Promise<unknown> => {
    const key = recordKey(`${unit % KEYS}`);
    const request = { token: createToken(), lease: LEASE, fingerprint: fingerprintOf(BODY) };
    const found = await store.claim(key, request);
    if (found.outcome !== 'completed') throw new Error(`the key is ${found.outcome}`);
    return JSON.parse(textOf(found.value));
  },
};
/** Told and not judged: beside a claim that decodes nothing, what `run` adds has the decoding in it. */
const claimAlone = {
  name: 'the same, and nothing decoded',
  run: (unit: number): Promise<unknown> => {
    const request = { token: createToken(), lease: LEASE, fingerprint: fingerprintOf(BODY) };
    return store.claim(recordKey(`${unit % KEYS}`), request);
  },
};
const replay = {
  name: 'run of a completed key',
  run: (unit: number): Promise<unknown> => idempotency.run(`${unit % KEYS}`, work, options),
};

const news = await sideBySide([bareRun, newRun], { ...rounds, prepare });
const replays = await sideBySide([bareReplay, replay], { ...rounds, prepare });
const undecoded = await sideBySide([claimAlone, replay], { ...rounds, prepare });
for (const result of [...news, ...replays, ...undecoded]) console.log(line(result));
judgeExtra('new run, beyond claim and complete', 0.7, news[1]);
judgeExtra('replay, beyond the claim, both decoding', 1, replays[1]);
console.log(summary(ratiosOf(rounds.rounds)));
